/* The files of sim/report/html, built in (cmake/embed.cmake). */
#ifndef EL2SIM_REPORT_HTML_ASSETS_H
#define EL2SIM_REPORT_HTML_ASSETS_H

struct html_asset {
    const char *name; /* of the file, without suffix */
    const char *text;
};

/* Ends with a NULL name. */
extern const struct html_asset html_assets[];

#endif
