// SPDX-License-Identifier: Apache-2.0
// Measures the page in the frame: what is too wide, empty, outside, overlapping, or faint.
"use strict";

const shown = element => `${element.tagName} ${element.getAttribute("class") || ""}: ` +
    (element.textContent || "").trim().slice(0, 40);

const parse = text => {
    const parts = (text.match(/[\d.]+/g) || []).map(Number);
    return parts.length === 3 ? [...parts, 1] : parts;
};

// A colour laid over an opaque one.
const over = (top, bottom) => [0, 1, 2].map(i => top[i] * top[3] + bottom[i] * (1 - top[3]));

const luminance = colour => {
    const [r, g, b] = colour.map(c => c / 255)
        .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
};

const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + .05) / (dark + .05);
};

function measure(frame) {
    const page = frame.contentDocument, view = frame.contentWindow;
    const style = element => view.getComputedStyle(element);
    const found = {failure: null, width: page.documentElement.scrollWidth, pictures: 0, texts: 0,
        coloured: 0, empty: [], outside: [], overlapping: [], overflowing: [], faint: []};
    const isPicture = svg => !svg.parentElement.closest("svg");

    // What an element stands on: the first opaque background above it.
    const paper = parse(style(page.body).backgroundColor);
    const ground = element => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const colour = parse(style(at).backgroundColor);
            if (colour[3] > 0)
                layers.push(colour);
            if (colour[3] === 1)
                break;
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), paper);
    };
    const look = (element, colour, below, least) => {
        found.coloured++;
        const ratio = contrast(over(colour, below), below);
        if (ratio < least)
            found.faint.push(`${shown(element)}: ${ratio.toFixed(2)}`);
    };
    found.paper = paper;

    for (const svg of page.querySelectorAll("svg")) {
        if (!isPicture(svg))
            continue;
        const box = svg.getBoundingClientRect();
        found.pictures++;
        if (box.width <= 0 || box.height <= 0)
            found.empty.push(shown(svg));
        const boxes = [];
        for (const text of svg.querySelectorAll("text")) {
            const own = text.getBoundingClientRect();
            const fill = parse(style(text).fill);
            const cell = text.parentElement.querySelector(":scope > rect:not(.band)");
            const isCell = text.closest("g.cell");
            found.texts++;
            if (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 ||
                own.bottom > box.bottom + 1)
                found.outside.push(shown(text));
            const band = svg.querySelector("rect.band");
            let below = ground(svg);
            if (isCell)
                below = parse(style(cell).fill).slice(0, 3);
            else if (band)
                below = over(parse(style(band).fill), below);
            look(text, fill, below, 4.5);
            // Boxes of slanted text overlap where the text does not.
            if (!text.classList.contains("head"))
                boxes.push([own, text]);
        }
        boxes.forEach(([a, one], i) => boxes.slice(i + 1).forEach(([b, other]) => {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (across > 1 && down > 4)  // boxes are taller than letters
                found.overlapping.push(`${shown(one)} / ${shown(other)}`);
        }));
        for (const mark of svg.querySelectorAll(".s0,.s1,.s2,.s3,.ho,.bar,.best,.ref,.median"))
            look(mark, parse(mark.matches(".s0,.s1,.s2,.s3,.bar") && !mark.style.fill
                ? style(mark).fill : style(mark).stroke === "none"
                    ? style(page.documentElement).color : style(mark).stroke), ground(svg), 3);
    }

    for (const element of page.querySelectorAll("h1,h2,h3,p,li,dt,dd,th,td,caption,a,b,small,bdi")) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 &&
            node.textContent.trim());
        if (!own || element.closest("svg"))
            continue;
        look(element, parse(style(element).color), ground(element), 4.5);
        const mayOverflow = style(element).overflowX !== "visible" ||
            style(element).display === "inline";
        if (!mayOverflow && element.clientWidth > 0 &&
            element.scrollWidth > element.clientWidth + 1)
            found.overflowing.push(shown(element));
    }
    return found;
}

const frame = document.querySelector("iframe");
const tell = () => {
    let found;
    try {
        found = measure(frame);
    } catch (failure) {
        found = {failure: String(failure)};
    }
    document.getElementById("found").textContent = JSON.stringify(found);
};
if (frame.contentDocument && frame.contentDocument.readyState === "complete" &&
    frame.contentDocument.body && frame.contentDocument.body.childElementCount > 0)
    tell();
else
    frame.addEventListener("load", tell);
