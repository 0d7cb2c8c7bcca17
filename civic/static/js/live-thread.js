// live-thread.js: asks now and then whether comments have come, says so, and brings them in when asked to.
// Only while the page is looked at; less and less often when nothing comes, and not at all when nobody is there.
class LiveThread extends HTMLElement {
  static SOONEST = 5_000        // milliseconds; the answer is kept for five seconds anyway
  static LATEST = 60_000
  static PATIENCE = 20 * 60_000 // nobody has moved, typed or scrolled for so long: the page lies in a forgotten tab

  connectedCallback() {
    this.pause = LiveThread.SOONEST
    this.since = this.getAttribute("since")
    this.fresh = []
    this.status = document.createElement("p")
    this.status.setAttribute("role", "status")
    this.append(this.status)
    this.stop = new AbortController()
    const signal = this.stop.signal
    document.addEventListener("visibilitychange", () => this.wake(), { signal })
    addEventListener("online", () => this.wake(), { signal })
    for (const act of ["pointermove", "keydown", "scroll"]) {
      addEventListener(act, () => this.stirred(), { signal, passive: true })
    }
    this.lastStir = Date.now()
    this.wait()
  }

  disconnectedCallback() {
    this.stop.abort()
    clearTimeout(this.timer)
  }

  get isWatched() {
    return document.visibilityState === "visible" && Date.now() - this.lastStir < LiveThread.PATIENCE
  }

  stirred() {
    const slept = !this.isWatched
    this.lastStir = Date.now()
    if (slept) this.wake()
  }

  wake() {
    clearTimeout(this.timer)
    if (document.visibilityState !== "visible") return
    this.lastStir = Date.now()
    this.pause = LiveThread.SOONEST
    this.wait()
  }

  // A fifth more or less: a thousand readers must not ask in the same second.
  wait() {
    clearTimeout(this.timer)
    if (!this.isOver && this.isWatched) this.timer = setTimeout(() => this.ask(), this.pause * (0.8 + 0.4 * Math.random()))
  }

  async ask() {
    this.pause = Math.min(this.pause * 1.5, LiveThread.LATEST)
    const answer = await fetch(`/discuss/${this.getAttribute("thread")}/live/`, { credentials: "omit" }).catch(() => null)
    if (answer?.ok) this.compare(await answer.json().catch(() => ({ newest: [] })))
    else if (answer && [404, 410].includes(answer.status)) this.isOver = true
    this.wait()
  }

  // Own comments, and those that "show more" has brought, stand on the page already.
  compare({ newest }) {
    const fresh = newest.filter(({ id, at }) => at > this.since && !document.getElementById(`c-${id}`))
    if (fresh.length > this.fresh.length) this.pause = LiveThread.SOONEST
    const same = fresh.map(({ id }) => id).join() === this.fresh.map(({ id }) => id).join()
    this.fresh = fresh
    if (!same) this.tell()
  }

  tell() {
    const count = this.fresh.length
    if (!count) return this.status.replaceChildren()
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = `${count}${count >= 20 ? " or more" : ""} new comment${count === 1 ? "" : "s"}. Show ${count === 1 ? "it" : "them"}`
    button.addEventListener("click", () => this.bring(button))
    this.status.replaceChildren(button)
  }

  // The page as it is now, fetched as this reader sees it. What is missing here is put where it stands there; nothing
  // else is touched, so a text that is being typed stays.
  async bring(button) {
    if (button.ariaBusy === "true") return
    button.ariaBusy = "true"
    const answer = await fetch(location.pathname + location.search).catch(() => null)
    button.ariaBusy = "false"
    if (!answer?.ok) return (button.textContent = "We cannot be reached at the moment. Try again")
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const added = this.merge(page)
    const wanted = this.fresh
    this.since = wanted[0].at
    this.fresh = []
    const tally = page.querySelector(".talk__tally")
    if (tally) document.querySelector(".talk__tally")?.replaceWith(tally)
    const elsewhere = wanted.filter(({ id }) => !document.getElementById(`c-${id}`))
    this.status.replaceChildren()
    if (elsewhere.length) this.point(elsewhere)
    if (!added.length) return this.querySelector("a")?.focus()
    for (const article of added) article.dataset.new = ""
    added[0].tabIndex = -1
    added[0].focus()
    this.dispatchEvent(new CustomEvent("comments-added", { bubbles: true, detail: added }))
  }

  // Where the newest of those stands that are on another page of the discussion.
  point(elsewhere) {
    const link = document.createElement("a")
    link.href = `/discuss/c/${elsewhere[0].id}/#c-${elsewhere[0].id}`
    link.textContent = elsewhere.length === 1 ? "One is on another page" : `${elsewhere.length} are on other pages. See the newest`
    this.status.append(link)
  }

  merge(page) {
    const added = []
    const here = (item) => document.getElementById(item.querySelector(":scope > article")?.id)?.closest("li")
    for (const item of page.querySelectorAll(".thread li")) {
      if (!item.querySelector(":scope > article") || here(item)) continue
      const articles = [...item.querySelectorAll("article")].filter(({ id }) => id && !document.getElementById(id))
      const list = this.listFor(item)
      if (!list) continue
      let before = item.previousElementSibling
      while (before && !here(before)) before = before.previousElementSibling
      const last = before && here(before)
      if (last?.parentElement === list) last.after(item)
      else list.prepend(item)
      added.push(...articles)
    }
    return added
  }

  // The list that an item belongs into: that of the comment it stands under, made where there is none yet.
  listFor(item) {
    const owner = item.parentElement.closest("li")?.querySelector(":scope > article")
    if (!owner) return document.querySelector("#discussion .thread") ?? this.firstList()
    const above = document.getElementById(owner.id)?.closest("li")
    if (!above) return null
    const list = above.querySelector(":scope > .replies")
    if (list) return list
    const made = document.createElement("ol")
    made.className = "replies"
    above.append(made)
    return made
  }

  // Nobody had commented when the page was drawn.
  firstList() {
    const list = document.createElement("ol")
    list.className = "thread"
    document.querySelector("#discussion .empty")?.remove()
    this.after(list)
    return list
  }
}
customElements.define("live-thread", LiveThread)
