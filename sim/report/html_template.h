/*
 * Templates of the HTML report, a subset of Mustache: what a page looks like is in sim/report/html,
 * what it says in a tree of JSON.
 *
 *     {{name}}              the text of `name`, escaped for HTML
 *     {{#name}}..{{/name}}  for each element of an array; once for an object, a text or true
 *     {{^name}}..{{/name}}  if there is no such thing, or it is empty or false
 *     {{>name}}             another template
 *     {{<name}}             a built-in file as it is (style sheet, script)
 *
 * A name is looked up in the innermost object that has it; "." is the element itself. A tag other
 * than {{name}} that stands alone on its line leaves no line behind.
 */
#ifndef EL2SIM_REPORT_HTML_TEMPLATE_H
#define EL2SIM_REPORT_HTML_TEMPLATE_H

#include <jansson.h>
#include <stdio.h>

/* Renders a built-in template. `root` is an object. */
void html_render(FILE *out, const char *name, const json_t *root);

/* Text as HTML, within an element or a quoted attribute. */
void html_escape(FILE *out, const char *text);

#endif
