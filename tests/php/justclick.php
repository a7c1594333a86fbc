<?php
// An independent JustClick for end-to-end tests:  php -S 127.0.0.1:PORT tests/php/justclick.php
// Real PHP parses $_POST, takes hash out, rebuilds the query with http_build_query and compares. It shares no line with
// the relay. Environment: JUSTCLICK_LOGIN, JUSTCLICK_SECRET, JUSTCLICK_STATE (a folder), JUSTCLICK_DIALECT (docs, field).

declare(strict_types=1);
ini_set('display_errors', '0');

require __DIR__ . '/justclick/Shop.php';
require __DIR__ . '/justclick/texts.php';
require __DIR__ . '/justclick/contacts.php';
require __DIR__ . '/justclick/orders.php';
require __DIR__ . '/justclick/rest.php';

final class Stop extends Exception
{
    // An answer that ends the call: the code, a text of its own when it quotes something, a result.
    public function __construct(public int $error, public ?string $words = null, public mixed $result = null)
    {
        parent::__construct();
    }
}

function stop(int $error, ?string $words = null, mixed $result = null): never
{
    throw new Stop($error, $words, $result);
}

function text(string $name): string
{
    return isset($_POST[$name]) && is_string($_POST[$name]) ? $_POST[$name] : '';
}

function email(string $name, int $otherwise): string
{
    preg_match('/[^@\s]+@[^@\s]+\.\w{2,}/u', text($name)) === 1 or stop($otherwise);
    return strtolower(text($name));
}

function check(string $login, string $secret, mixed $given): void
{
    $host = $_SERVER['HTTP_HOST'] ?? '';
    if (preg_match('~^([^.:]+)\.[^:]*[a-z]~i', $host, $label) === 1 && $label[1] !== $login) {
        stop(5);
    }
    if ($_POST === [] && $given === null) {
        stop(2);
    }
    if (empty($given)) {
        stop(1);
    }
    if ($given !== md5(http_build_query($_POST) . "::$login::$secret")) {
        stop(4);
    }
}

function note(string $folder, array $call): void
{
    $line = json_encode($call, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    file_put_contents("$folder/calls.jsonl", $line . "\n", FILE_APPEND | LOCK_EX);
}

$login = getenv('JUSTCLICK_LOGIN') ?: 'demo';
$secret = getenv('JUSTCLICK_SECRET') ?: 'sandbox-secret';
$folder = getenv('JUSTCLICK_STATE') ?: sys_get_temp_dir() . '/justclick';
$field = getenv('JUSTCLICK_DIALECT') === 'field';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$function = preg_match('~^/api/(\w+)$~', (string) $path, $found) === 1 ? $found[1] : '';
if (!array_key_exists($function, FUNCTIONS)) {
    http_response_code(404);
    echo "<h1>404 Not Found</h1>\n";
    return;
}

$given = $_POST['hash'] ?? null;
unset($_POST['hash']);
$shop = new Shop($folder, $field);
try {
    check($login, $secret, $given);
    $shop->lock();
    (FUNCTIONS[$function])($shop);
    $answer = new Stop(0);
} catch (Stop $stopped) {
    $answer = $stopped;
}
$shop->unlock();

$words = $answer->words ?? said($answer->error, $function, $field);
$document = ['error_code' => $answer->error, 'error_text' => $words];
if ($answer->result !== null) {
    $document['result'] = $answer->result;
}
$document['hash'] = md5("$answer->error::$words::" . ($answer->error === 5 ? '' : $secret));
note($folder, [
    'at' => (int) (microtime(true) * 1000),
    'function' => $function,
    'body' => file_get_contents('php://input'),
    'post' => $_POST,
    'accepted' => !in_array($answer->error, [1, 2, 4, 5], true) || ($answer->error === 2 && $_POST !== []),
    'code' => $answer->error,
    'text' => $words,
]);
echo json_encode($document);
