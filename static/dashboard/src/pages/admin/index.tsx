/** What staff see: every path of theirs draws this page; a teacher's holds their own classes, as the server sends no others. */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { session } from "../../session";
import { picture } from "../../live";
import { classes, loadClasses } from "./classes";
import { classesIn } from "./list/filters";
import { MeetingsPage } from "./MeetingsPage";
import "./admin.css";
import "./list/table.css";
import "./drawer/drawer.css";
import "./schedule/schedule.css";

export default function AdminPage() {
  const { path, params } = useRouteOfStaff();
  const now = session.value;
  const unknown = classesIn(picture.value.meetings.values()).filter(
    ({ id }) => !classes.value.some((c) => c.id === id),
  );
  const missing = unknown.map(({ id }) => id).join(" ");
  useEffect(() => {
    void loadClasses(); // also when a right was given meanwhile, with a class nobody had told this page of
  }, [missing]);
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
