/** What staff see: every path of theirs draws this page; a teacher's holds their own classes, as the server sends no others. */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { session } from "../../session";
import { loadClasses } from "./classes";
import { MeetingsPage } from "./MeetingsPage";
import "./admin.css";
import "./drawer/drawer.css";
import "./schedule/schedule.css";

export default function AdminPage() {
  const { path, params } = useRouteOfStaff();
  const now = session.value;
  useEffect(() => {
    void loadClasses();
  }, []);
  if (now.is !== "signedIn") return null;
  const home = path.startsWith("/admin") ? "/admin/meetings" : "/teacher/meetings";
  return (
    <MeetingsPage
      home={home}
      you={now.user}
      pathMeetingId={params}
      isCreateAsked={path === "/zoom/create-meeting"}
      otherPaths={[path]}
    />
  );
}

function useRouteOfStaff(): { path: string; params: string } {
  const { path } = useLocation();
  const [, , , id = ""] = /^\/(admin|teacher)\/(meetings)\/([^/]+)\/participants$/.exec(path) ?? [];
  return { path, params: decodeURIComponent(id) };
}
