/**
 * Which page stands at which path, for whom. Pages are fetched when they are first needed.
 *
 * Pages for staff are one module, `pages/admin`, whose default export is drawn at all of their paths and reads
 * `useLocation()` and its `params`. A path that is not in the table, or not for this role, is answered alike.
 */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { ErrorBoundary, lazy, LocationProvider, Route, Router, useLocation } from "preact-iso";
import { Failed } from "./pages/Failed";
import { NotFound } from "./pages/NotFound";
import { HOMES, session, type Role } from "./session";

const Login = lazy(() => import("./pages/login"));
const Student = lazy(() => import("./pages/student"));
const Admin = lazy(() => import("./pages/admin"));

const STUDENTS: readonly Role[] = ["student"];
const OFFICE: readonly Role[] = ["admin", "observer"];
const TEACHERS: readonly Role[] = ["teacher", "admin"];

export function App() {
  return (
    <LocationProvider>
      <ErrorBoundary onError={(error) => console.error(error)}>
        <Router>
          <Route path="/login" component={Login} />
          <Route path="/" component={Home} />
          <Route path="/dashboard/ZoomIntegration" component={StudentPage} />
          <Route path="/zoom/upcoming-meetings" component={StudentPage} />
          <Route path="/admin-dashboard/zoom-integration" component={OfficePage} />
          <Route path="/admin/meetings" component={OfficePage} />
          <Route path="/admin/meetings/:id/participants" component={OfficePage} />
          <Route path="/teacher/meetings" component={TeacherPage} />
          <Route path="/teacher/meetings/:id/participants" component={TeacherPage} />
          <Route path="/zoom/meetings" component={TeacherPage} />
          <Route path="/zoom/create-meeting" component={TeacherPage} />
          <Route default component={Unknown} />
        </Router>
      </ErrorBoundary>
    </LocationProvider>
  );
}

/** Draws its content for these roles; for the others the page does not exist. */
function For({ roles, children }: { roles?: readonly Role[]; children: ComponentChildren }) {
  const now = session.value;
  if (now.is === "unknown") return null; // a blink: index.html shows that something comes
  if (now.is === "failed") return <Failed code={now.code} />;
  return roles === undefined || roles.includes(now.user.role) ? <>{children}</> : <NotFound />;
}

function StudentPage() {
  return (
    <For roles={STUDENTS}>
      <Student />
    </For>
  );
}

function OfficePage() {
  return (
    <For roles={OFFICE}>
      <Admin />
    </For>
  );
}

function TeacherPage() {
  return (
    <For roles={TEACHERS}>
      <Admin />
    </For>
  );
}

function Unknown() {
  return (
    <For>
      <NotFound />
    </For>
  );
}

function Home() {
  const { route } = useLocation();
  const now = session.value;
  useEffect(() => {
    if (now.is === "signedIn") route(HOMES[now.user.role], true);
  }, [now]);
  return <For>{null}</For>;
}
