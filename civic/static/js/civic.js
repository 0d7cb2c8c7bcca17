// Everything here makes a page nicer that works without it. Each module is one custom element.
import "./remember-me.js"
import "./live-thread.js"
import "./relative-time.js"
import "./send-once.js"
import "./show-more.js"
import "./vote-here.js"
