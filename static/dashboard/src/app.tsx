/**
 * Which page stands at which path, for whom. Pages are fetched when they are first needed.
 *
 * Pages for staff are one module, `pages/admin`, whose default export is drawn at all of their paths and reads
 * `useLocation()` and its `params`. A path that is not in the table, or not for this role, is answered alike.
 */
import type { ComponentChildren, FunctionComponent } from "preact";
import { useEffect, useErrorBoundary } from "preact/hooks";
import { lazy, LocationProvider, Route, Router, useLocation } from "preact-iso";
import { Skeleton } from "./components/Skeleton";
import { textsReady } from "./i18n/translate";
import { Failed, Unfetched } from "./pages/Failed";
import { NotFound } from "./pages/NotFound";
import { HOMES, loadSession, session, type Role } from "./session";

const Login = onDemand(() => import("./pages/login"));
const Student = onDemand(() => import("./pages/student"));
const Admin = onDemand(() => import("./pages/admin"));

/** A page that is fetched with its texts when it is first drawn. */
function onDemand(load: () => Promise<{ default: FunctionComponent }>): FunctionComponent {
  return lazy(async () => {
    try {
      const page = await load();
      await textsReady();
      return page;
    } catch {
      return { default: Unfetched };
    }
  });
}

const STUDENTS: readonly Role[] = ["student"];
const OFFICE: readonly Role[] = ["admin", "observer"];
const TEACHERS: readonly Role[] = ["teacher", "admin"];

export function App() {
  return (
    <LocationProvider>
      <Guard>
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
      </Guard>
    </LocationProvider>
  );
}

/** A page that breaks while it is drawn says so, instead of leaving nothing. */
function Guard({ children }: { children: ComponentChildren }) {
  const [broken] = useErrorBoundary((error) => console.error(error));
  return broken === undefined ? <>{children}</> : <Failed code="page_broken" onRetry={() => location.reload()} />;
}

/** Draws its content for these roles; for the others the page does not exist. */
function For({ roles, children }: { roles?: readonly Role[]; children: ComponentChildren }) {
  const now = session.value;
  if (now.is === "unknown") return <Waiting />;
  if (now.is === "failed") return <Failed code={now.code} onRetry={() => void loadSession()} />;
  return roles === undefined || roles.includes(now.user.role) ? <>{children}</> : <NotFound />;
}

function Waiting() {
  return (
    <main class="main">
      <Skeleton count={3} class="waiting" />
    </main>
  );
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
