// close-menus.js: what opened over the page goes by Escape, or by a press anywhere else. It opens by itself, without us.
const OPEN = ".comment__more[open]"

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(OPEN)
  if (!menu) return
  const inside = menu.contains(document.activeElement)
  menu.open = false
  if (inside) menu.querySelector("summary").focus()
})

document.addEventListener("click", (event) => {
  const menu = document.querySelector(OPEN)
  if (menu && !menu.contains(event.target)) menu.open = false
})
