<?php
// What the codes say; the docs print the same words in lower case.

declare(strict_types=1);

const TEXTS = [
    0 => 'OK',
    1 => 'Not transferred hash',
    2 => 'No transmitted data',
    3 => 'Wrong posted data',
    4 => 'Incorrect hash',
    5 => 'Invalid user name',
    100 => 'Email is missing',
    102 => 'The subscriber is already registered',
    103 => 'Has an invalid subscriptions group',
    200 => 'Nonexistent order',
    201 => 'Wrong status',
    202 => 'Order not paid',
    203 => 'Order number is empty',
    300 => 'Product not found',
    301 => 'Product already exist',
    302 => 'Nonexistent order',
    400 => 'Order not found',
    401 => 'Orders not found',
    500 => 'Subscriber not found',
    501 => 'Group not found',
    601 => 'Order already exist. His number send in result array.',
    603 => 'Missing products',
    605 => 'Not having any data for delivery products',
    700 => 'No products',
    800 => 'Group subscribers is not found',
    801 => 'Subscriber with such address is not found',
    1000 => 'Partner not found',
];

function said(int $code, string $function, bool $field): string
{
    $text = $code === 302 && str_ends_with($function, 'Good') ? 'Failed to remove product' : TEXTS[$code];
    return $field ? $text : strtolower($text);
}
