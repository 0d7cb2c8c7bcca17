// relative-time.js: "25 minutes ago" for what is fresh. The server writes the full time, which stays true in a cache.
const STEPS = [[60, "minute"], [24, "hour"]]

class RelativeTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time")
    const words = time && this.words((Date.now() - Date.parse(time.dateTime)) / 60_000)
    if (!words) return
    time.title = time.textContent
    time.textContent = words
  }

  // `age` in minutes. Older than a day, or in the future: the full time is better.
  words(age) {
    if (!(age >= 0)) return ""
    if (age < 1) return "just now"
    const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en")
    for (const [size, unit] of STEPS) {
      if (age < size) return format.format(-Math.floor(age), unit)
      age /= size
    }
    return ""
  }
}
customElements.define("relative-time", RelativeTime)

// Paper does not grow older: it gets the full time.
const all = () => document.querySelectorAll("relative-time time[title]")
const swap = () => all().forEach((time) => ([time.title, time.textContent] = [time.textContent, time.title]))
addEventListener("beforeprint", swap)
addEventListener("afterprint", swap)
