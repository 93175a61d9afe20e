/* Writes times, their zone called as pages call it: browsers have names for few zones, and say GMT+8 of others. */
"use strict";
window.almanacClock = (zone, names, options) => {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset", ...options });
  const said = ({ type, value }) => (type === "timeZoneName" ? names[value] || value.replace("GMT", "UTC") : value);
  return { format: (time) => format.formatToParts(time).map(said).join("") };
};
