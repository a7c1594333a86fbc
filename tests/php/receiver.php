<?php
// A page that receives a call as the API does: takes hash out of $_POST, rebuilds the query, signs it again.
// Login and secret come from the environment. The answer tells what it saw: {"query": base64, "accepted": ..., "post": ...}.

ini_set('display_errors', '0');
$given = $_POST['hash'] ?? null;
unset($_POST['hash']);
$query = http_build_query($_POST);
$hash = md5($query . '::' . getenv('JUSTCLICK_LOGIN') . '::' . getenv('JUSTCLICK_SECRET'));

header('Content-Type: application/json');
echo json_encode([
    'query' => base64_encode($query),
    'accepted' => $given === $hash,
    'post' => $_POST,
], JSON_INVALID_UTF8_SUBSTITUTE | JSON_FORCE_OBJECT, 4096);
