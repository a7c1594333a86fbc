<?php
// The shop behind tests/php/justclick.php: one JSON file a contact and an order, so that a thousand leads stay fast.
// One call at a time: PHP's server may run several workers.

declare(strict_types=1);

function good(string $id, string $name, string $title, string $sum, string $type): array
{
    return ['good_id' => $id, 'good_name' => $name, 'good_title' => $title, 'good_sum' => $sum, 'good_type' => $type];
}

final class Shop
{
    public array $groups = [
        'webinar' => 'Вебинар',
        'clients' => 'Клиенты',
        'news' => 'Новости / News',
        'super' => 'Super',
    ];
    public array $autoGroups = ['allleads' => 'Все контакты'];
    private $lock = null;

    public function __construct(private string $folder, public bool $field)
    {
        foreach (['contacts', 'orders'] as $kind) {
            is_dir("$folder/$kind") or @mkdir("$folder/$kind", 0777, true);
        }
    }

    public function lock(): void
    {
        $this->lock = fopen("$this->folder/lock", 'c');
        flock($this->lock, LOCK_EX);
    }

    public function unlock(): void
    {
        $this->lock and fclose($this->lock);
        $this->lock = null;
    }

    public function contact(string $email): ?array
    {
        return $this->read("contacts/" . md5($email));
    }

    public function keepContact(array $contact): void
    {
        $this->write("contacts/" . md5($contact['email']), $contact);
    }

    public function contacts(): array
    {
        return $this->all('contacts');
    }

    public function order(string $number): ?array
    {
        return ctype_digit($number) ? $this->read('orders/' . (int) $number) : null;
    }

    public function keepOrder(array $order): array
    {
        if (!isset($order['id'])) {
            $order['id'] = max([700000, ...array_column($this->orders(), 'id')]) + 1;
        }
        $this->write("orders/$order[id]", $order);
        return $order;
    }

    public function removeOrder(array $order): void
    {
        unlink("$this->folder/orders/$order[id].json");
    }

    public function orders(): array
    {
        return $this->all('orders');
    }

    public function goods(): array
    {
        return $this->read('goods') ?? [
            'course' => good('31', 'course', 'Курс / Course', '3900.00', 'digital'),
            'consulting' => good('32', 'consulting', 'Консультация', '1500.00', 'digital'),
            'book' => good('33', 'book', 'Книга', '790.00', 'real'),
        ];
    }

    public function keepGoods(array $goods): void
    {
        $this->write('goods', $goods);
    }

    private function read(string $name): ?array
    {
        $content = @file_get_contents("$this->folder/$name.json");
        return $content === false ? null : json_decode($content, true, 512, JSON_THROW_ON_ERROR);
    }

    private function write(string $name, array $value): void
    {
        file_put_contents("$this->folder/$name.json", json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE));
    }

    private function all(string $kind): array
    {
        $names = array_map(fn (string $file) => "$kind/" . basename($file, '.json'), glob("$this->folder/$kind/*.json"));
        return array_map(fn (string $name) => $this->read($name), $names);
    }
}
