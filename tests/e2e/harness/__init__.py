"""What the browser tests, the screenshots and the join benchmark drive Visavis with.

`browser` starts Chromium with known picture and sound, `page.Watched` looks and listens in a
page through `probe.js`, `product` runs the servers, `network` cuts the path of one browser.
"""
