<?php
// A long-lived PHP that signs: one JSON object a line in, one out. {"params": ..., "login": ..., "secret": ...} gives
// {"query": <base64 of http_build_query>, "hash": <the request hash>}. Never looks at anything but its standard input.

while (($line = fgets(STDIN)) !== false) {
    $asked = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    $query = http_build_query($asked['params']);
    $hash = md5($query . '::' . $asked['login'] . '::' . $asked['secret']);
    echo json_encode(['query' => base64_encode($query), 'hash' => $hash]), "\n";
    flush();
}
