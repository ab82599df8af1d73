/** The element of an id of the page. */
export const $ = id => document.getElementById(id);

/** A new element with attributes, listeners (functions named onclick and so on) and children. */
export function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === 'function') element[name] = value;
        else if (value === true) element.setAttribute(name, '');
        else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
}

/** A colour of the style sheet, which differs between light and dark. */
export const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** A canvas made as large as it is shown, cleared, in CSS pixels. */
export function fitCanvas(canvas) {
    const { width, height } = canvas.getBoundingClientRect();
    // Browsers have no larger ones.
    const scale = Math.min(devicePixelRatio, 16384 / Math.max(1, width));
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext('2d');
    context.scale(scale, scale);
    return { context, width, height };
}

/** Seconds as people read them: 1:05.2. */
export function clock(seconds, digits = 1) {
    const rounded = Math.round(seconds * 10 ** digits) / 10 ** digits;
    const minutes = Math.floor(rounded / 60);
    return `${minutes}:${(rounded - 60 * minutes).toFixed(digits).padStart(digits ? 3 + digits : 2, '0')}`;
}

/** Says something to those who hear the page. */
export const announce = text => { $('announcer').textContent = text; };

/** Calls back when the colours of the page change between light and dark. */
export const onThemeChange = callback => matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback);
