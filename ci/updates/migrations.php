<?php declare(strict_types=1);

// Prints migrations of the Shopware in whose folder it runs, one a line; for update plans and fingerprints:
//     ssh "$SHOP_HOST" "cd /var/www/shop && php -- pending" < ci/updates/migrations.php
// `done`: what the table `migration` calls done. `pending`: what the code has, up to its own major, and the table does not
// call done. Whatever keeps that from being known ends with 1.

function refuse(string $why): never
{
    // the constant STDERR does not exist where the script comes from standard input
    file_put_contents('php://stderr', $why . "\n");
    exit(1);
}

$wanted = $argv[1] ?? '';
if (!in_array($wanted, ['pending', 'done'], true)) {
    refuse("usage: php -- pending|done < migrations.php");
}
if (!is_file('vendor/autoload.php')) {
    refuse(getcwd() . " is not the folder of a Shopware: it has no vendor/autoload.php");
}
require 'vendor/autoload.php';
// in a container there may be no file: then the process environment has it all
if (is_file('.env') || is_file('.env.local.php')) {
    (new Symfony\Component\Dotenv\Dotenv())->bootEnv(getcwd() . '/.env');
}

$done = Shopware\Core\Framework\Adapter\Database\MySQLFactory::create()->fetchFirstColumn(
    'SELECT class FROM migration WHERE `update` IS NOT NULL AND message IS NULL ORDER BY class'
);
if ($wanted === 'done') {
    echo implode("\n", $done), "\n";
    exit(0);
}

$version = Composer\InstalledVersions::getPrettyVersion('shopware/core')
    ?? Composer\InstalledVersions::getRootPackage()['pretty_version'];
if (preg_match('/^v?6\.(\d+)\./', $version, $found) !== 1) {
    refuse("the version of shopware/core is not known: $version");
}
$code = [];
// migrations of the next major lie beside those of this one, and are not run yet
for ($major = 3; $major <= (int) $found[1]; ++$major) {
    foreach (['vendor/shopware/*', 'src/*'] as $place) {
        foreach (glob("$place/Migration/V6_$major/Migration[0-9]*.php") as $file) {
            $code[] = basename($file, '.php');
        }
    }
}
if ($code === []) {
    refuse("no migrations were found under vendor/shopware");
}
$names = array_map(static fn (string $class): string => substr($class, strrpos('\\' . $class, '\\')), $done);
$pending = array_diff(array_unique($code), $names);
echo $pending === [] ? '' : implode("\n", $pending) . "\n";
