// A deck's behaviour: reveal.js turns the slides, this file adds the bar of buttons below them.

const ZOOMS = [1, 1.25, 1.5, 2];
const NARROW_PIXELS = 600;
const frame = document.querySelector(".reveal");
const button = (action) => document.querySelector(`[data-do="${action}"]`);
let zoom = 0;

// A slide is as wide as its text wants (narrower on a phone) and as high as the frame allows: nothing is wasted, and
// larger text wraps anew, it never leaves the slide.
function size() {
  const width = (frame.clientWidth < NARROW_PIXELS ? 430 : 960) / ZOOMS[zoom];
  return { width, height: (width * frame.clientHeight) / Math.max(1, frame.clientWidth) };
}

const deck = new Reveal(frame, {
  ...size(),
  embedded: true,
  center: false,
  controls: false,
  fragments: false,
  help: false,
  jumpToSlide: false,
  keyboard: { 70: () => actions.fullscreen(), 107: () => actions.larger(), 187: () => actions.larger(),
              109: () => actions.smaller(), 189: () => actions.smaller() },
  margin: 0,
  maxScale: 4,
  minScale: 0.1,
  overview: false,
  preventIframeAutoFocus: true,
  focusBodyOnPageVisibilityChange: false,
  progress: true,
  scrollActivationWidth: null,
  transition: "none",
  backgroundTransition: "none",
});

const actions = {
  previous: () => deck.prev(),
  next: () => deck.next(),
  smaller: () => setZoom(zoom - 1),
  larger: () => setZoom(zoom + 1),
  fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
};

function setZoom(wanted) {
  zoom = Math.min(Math.max(wanted, 0), ZOOMS.length - 1);
  fit();
}

function fit() {
  deck.configure(size());
  deck.layout();
  tell();
}

// Where we are, and what can be done here. A slide that is too high is scrolled, by keyboard too.
function tell() {
  const { h } = deck.getIndices();
  document.querySelector(".place").textContent = `${h + 1} / ${deck.getTotalSlides()}`;
  button("previous").disabled = h === 0;
  button("next").disabled = h === deck.getTotalSlides() - 1;
  button("smaller").disabled = zoom === 0;
  button("larger").disabled = zoom === ZOOMS.length - 1;
  const slide = deck.getCurrentSlide();
  slide.scrollTop = 0;
  if (slide.scrollHeight > slide.clientHeight + 1) slide.tabIndex = 0;
  else slide.removeAttribute("tabindex");
}

deck.initialize().then(() => {
  for (const [action, act] of Object.entries(actions)) button(action).addEventListener("click", act);
  button("fullscreen").hidden = !document.fullscreenEnabled;
  deck.on("slidechanged", tell);
  new ResizeObserver(fit).observe(frame);
  fit();
  document.body.dataset.ready = "yes";
});
