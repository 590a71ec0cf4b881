import { Outlet } from 'react-router'
import { withSession } from './session.server'

export const middleware = [withSession]

export default function App() {
  return (
    <html lang="en">
      <body>
        <Outlet />
      </body>
    </html>
  )
}
