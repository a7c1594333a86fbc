((query) => query + "&hash=" + (query + "::demo::JUSTCLICK_SECRET").hash("md5"))(
  [
    ["rid[0]", "webinar"],
    ["lead_email", $json.body.email],
    ["lead_name", $json.body.name],
    ["lead_phone", $json.body.phone],
  ].map((pair) => pair.map((text) => encodeURIComponent(text)
    .replace(/[!'()*~]/g, (mark) => "%" + mark.charCodeAt(0).toString(16).toUpperCase())
    .replace(/%20/g, "+")).join("=")).join("&")
)
