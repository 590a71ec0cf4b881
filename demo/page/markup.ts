const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%23b0431f' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'%3E%3Crect x='5' y='7' width='14' height='13' rx='2.5'/%3E%3Cpath d='M9 7V3h6v4M9 11v5M15 11v5M8 20v1.5M16 20v1.5'/%3E%3C/svg%3E"

/** The document. What depends on the session or on the cluster is filled in by script.js. */
export const markup: string = /* html */ `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>carryon: cookie sessions that do not lose writes</title>
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
    <h1>Cookie sessions that do not lose writes.</h1>
    <p class="lead" id="lead">Your session is in your cookies, encrypted. Each request goes to the next server, and
    none of them keeps it. Three clicks show what that is worth.</p>
  </header>

  <div class="story" id="story">
    <section class="card step" aria-labelledby="tabs-title">
      <h2 id="tabs-title"><span class="number">1</span> Write from six tabs at once</h2>
      <p class="quiet">20 requests start together. Each adds one thing to the session.</p>
      <button class="go" id="tabs">Send 20 writes at once</button>
      <dl class="versus" aria-live="polite">
        <div><dt>carryon</dt><dd id="tabs-ours">–</dd><dd class="cells" id="tabs-ours-cells" aria-hidden="true"></dd></div>
        <div><dt>ordinary</dt><dd id="tabs-theirs">–</dd><dd class="cells" id="tabs-theirs-cells" aria-hidden="true"></dd></div>
      </dl>
    </section>
    <section class="card step" aria-labelledby="late-title">
      <h2 id="late-title"><span class="number">2</span> Log out during a slow request</h2>
      <p class="quiet">Its answer comes after the logout, with the cookies of a user who is logged in.</p>
      <button class="go" id="late">Log out meanwhile</button>
      <dl class="versus" aria-live="polite">
        <div><dt>carryon</dt><dd id="late-ours">–</dd></div>
        <div><dt>ordinary</dt><dd id="late-theirs">–</dd></div>
      </dl>
    </section>
    <section class="card step" aria-labelledby="kill-title">
      <h2 id="kill-title"><span class="number">3</span> Kill the node that serves you</h2>
      <p class="quiet" id="kill-note">SIGKILL, just after it has written. Then the next request.</p>
      <button class="go" id="kill" aria-disabled="true">Kill my node, go on</button>
      <dl class="versus" aria-live="polite">
        <div><dt>before</dt><dd id="kill-before">–</dd></div>
        <div><dt>after</dt><dd id="kill-after">–</dd></div>
      </dl>
    </section>
  </div>
  <p class="quiet ordinary"><b>ordinary</b> is a signed cookie session of the usual kind, 20 lines with
  <span class="mono">hono/cookie</span>, on the same nodes: each answer replaces the whole cookie.</p>

  <p class="says" id="says" role="status" aria-live="polite"><noscript>This page needs
  JavaScript: it shows what each answer of the nodes does to your cookies.</noscript></p>

  <h2 class="more">Look closer</h2>

  <div class="columns">
    <section class="card" aria-labelledby="session-title" id="session">
      <div class="title">
        <h3 class="h" id="session-title">Your session</h3>
        <p class="quiet mono" id="id"></p>
      </div>

      <div class="row">
        <div><h4>You</h4><p class="quiet" id="user">–</p></div>
        <div class="buttons">
          <button id="login">Log in as Ada</button>
          <button id="logout" hidden>Log out</button>
        </div>
      </div>

      <div class="row devices" id="devices-row" hidden>
        <div>
          <h4 id="devices-title">Your devices</h4>
          <p class="quiet" id="devices-note"></p>
        </div>
        <ul id="devices" aria-labelledby="devices-title" tabindex="-1"></ul>
        <div class="buttons"><button id="others">Sign out all others</button></div>
      </div>

      <div class="row">
        <div><h4>Cart</h4><p class="quiet" id="pieces">–</p></div>
        <div class="steppers" id="cart"></div>
      </div>

      <div class="row">
        <div><h4>Counter <output id="hits">–</output></h4><p class="quiet mono">increment('hits')</p></div>
        <div class="buttons">
          <button data-count="hits" data-times="1">+1</button>
          <button data-count="hits" data-times="20">+20 in parallel</button>
        </div>
      </div>

      <div class="row">
        <div><h4>Something big</h4><p class="quiet" id="note">–</p></div>
        <div class="buttons">
          <button data-big="20000">20 KB</button>
          <button data-big="200000">200 KB</button>
          <button data-big="300000">300 KB, too much</button>
          <button id="drop">Take it out</button>
        </div>
      </div>
    </section>

    <section class="card" aria-labelledby="cookies-title">
      <div class="title"><h3 class="h" id="cookies-title">What your browser carries</h3></div>
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

  <section aria-labelledby="nodes-title" id="nodes-section">
    <div class="title">
      <h3 class="h" id="nodes-title">The nodes</h3>
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
</main>
</body>
</html>
`
