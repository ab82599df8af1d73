import { $, make } from './elements.js';

const Setting = 'single-keys';

/** Single keys as shortcuts, which can be turned off, as those who speak to their computer need it (WCAG 2.1.4). */
export function listenToKeys(shortcuts) {
    const single = $('single-keys');
    single.checked = localStorage.getItem(Setting) !== 'off';
    single.addEventListener('change', () => localStorage.setItem(Setting, single.checked ? 'on' : 'off'));
    for (const { keys, what } of shortcuts)
        $('keys').append(make('dt', {}, ...keys.map(key => make('kbd', {}, key === ' ' ? 'Space' : key))), make('dd', {}, what));
    $('open-help').addEventListener('click', () => $('help').showModal());

    document.addEventListener('keydown', event => {
        if (event.ctrlKey || event.altKey || event.metaKey || $('help').open) return;
        const isEscape = event.key === 'Escape';
        if (!isEscape && (!single.checked || takesKey(event))) return;
        const shortcut = shortcuts.find(({ keys }) => keys.some(key => key.toLowerCase() === event.key.toLowerCase()));
        if (!shortcut) return;
        event.preventDefault();
        shortcut.run(event);
    });
}

/** Whether the element that has the focus means something by a key itself. */
function takesKey({ target, key }) {
    if (target.closest('#mask')) return key === ' ' || key.startsWith('Arrow');
    if (target.matches('textarea, select, input[type=text], input[type=number], [contenteditable]')) return true;
    if (target.matches('input')) return key === ' ' || key.startsWith('Arrow') || key === 'Home' || key === 'End';
    return target.matches('button, summary, a') && (key === ' ' || key === 'Enter');
}
