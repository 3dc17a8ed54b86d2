// The code stands behind the `#` of the printed link, which browsers send to nobody; it only has to get into the form.
const field = document.querySelector("input[name=token]");
if (field && location.hash.length > 1) {
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
