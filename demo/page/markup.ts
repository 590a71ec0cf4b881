const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%23b0431f' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'%3E%3Crect x='5' y='7' width='14' height='13' rx='2.5'/%3E%3Cpath d='M9 7V3h6v4M9 11v5M15 11v5M8 20v1.5M16 20v1.5'/%3E%3C/svg%3E"

/** The document. What depends on the session or on the cluster is filled in by script.js. */
export const markup: string = /* html */ `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>carryon: a session that any node can serve</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/script.js"></script>
</head>
<body>
<main>
  <header>
    <p class="brand">
      <svg viewBox="0 0 24 24" aria-hidden="true"><rect x="5" y="7" width="14" height="13" rx="2.5"/><path d="M9 7V3h6v4M9 11v5M15 11v5M8 20v1.5M16 20v1.5"/></svg>
      carryon
    </p>
    <h1>Your session travels with you.</h1>
    <p class="lead" id="lead">Each request goes to the next server. None of them keeps your session, and
    they share no session table: it is in your cookies, encrypted. Kill one and go on.</p>
  </header>

  <p class="says" id="says" role="status" aria-live="polite"><noscript>This page needs
  JavaScript: it shows what each answer of the nodes does to your cookies.</noscript></p>

  <section aria-labelledby="nodes-title" id="nodes-section">
    <div class="title">
      <h2 id="nodes-title">The nodes</h2>
      <p class="aside" id="all" hidden>
        <button class="link" id="kill-all">Kill all</button>
        <button class="link" id="start-all">Bring all back</button>
      </p>
    </div>
    <div class="nodes" id="nodes"></div>
    <div class="trail">
      <span class="quiet">Who answered, newest first</span>
      <div class="dots" id="dots" aria-hidden="true"></div>
    </div>
  </section>

  <div class="columns">
    <section class="card" aria-labelledby="session-title" id="session">
      <div class="title">
        <h2 id="session-title">Your session</h2>
        <p class="quiet mono" id="id"></p>
      </div>

      <div class="row">
        <div><h3>You</h3><p class="quiet" id="user">–</p></div>
        <div class="buttons">
          <button id="login">Log in as Ada</button>
          <button id="logout" hidden>Log out</button>
        </div>
      </div>

      <div class="row devices" id="devices-row" hidden>
        <div>
          <h3 id="devices-title">Your devices</h3>
          <p class="quiet" id="devices-note"></p>
        </div>
        <ul id="devices" aria-labelledby="devices-title" tabindex="-1"></ul>
        <div class="buttons"><button id="others">Sign out all others</button></div>
      </div>

      <div class="row">
        <div><h3>A slow answer</h3><p class="quiet">undoes no logout</p></div>
        <div class="buttons"><button id="late">Log out during a slow write</button></div>
      </div>

      <div class="row">
        <div><h3>Cart</h3><p class="quiet" id="pieces">–</p></div>
        <div class="steppers" id="cart"></div>
      </div>

      <div class="row">
        <div><h3>Counter <output id="hits">–</output></h3><p class="quiet mono">increment('hits')</p></div>
        <div class="buttons">
          <button data-count="hits" data-times="1">+1</button>
          <button data-count="hits" data-times="20">+20 in parallel</button>
        </div>
      </div>

      <div class="row">
        <div><h3>Counter <output id="count">–</output></h3><p class="quiet mono">data.count++</p></div>
        <div class="buttons">
          <button data-count="count" data-times="1">+1</button>
          <button data-count="count" data-times="20">+20 in parallel</button>
        </div>
      </div>

      <div class="row">
        <div><h3>Something big</h3><p class="quiet" id="note">–</p></div>
        <div class="buttons">
          <button data-big="20000">20 KB</button>
          <button data-big="200000">200 KB</button>
          <button data-big="300000">300 KB, too much</button>
          <button id="drop">Take it out</button>
        </div>
      </div>
    </section>

    <section class="card" aria-labelledby="cookies-title">
      <div class="title"><h2 id="cookies-title">What your browser carries</h2></div>
      <div id="cookies"></div>
      <div id="header"></div>
      <dl class="facts" id="facts"></dl>
      <p class="quiet note">Requests in parallel leave an entry each; later writes fold these together,
      and within minutes they settle. By default nginx takes a Cookie header of 8 KB, and Node 16 KB
      of headers in all.</p>
      <p class="quiet note">Browsers drop a cookie of more than 4,096 bytes without a word. What does
      not fit is checked in with the store, and a cookie carries the claim check. Between
      requests the nodes keep nothing that they would miss: kill them and see.</p>
      <p class="quiet note" id="again">After each click the page asks again, so you see two nodes at
      work: one writes, and the next one reads what it left in your cookies.</p>
    </section>
  </div>
</main>
</body>
</html>
`
