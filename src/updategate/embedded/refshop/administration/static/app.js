// A small administration: a login, lists of products, orders and customers, and the page of an order.
'use strict';

const app = document.getElementById('app');
let token = null;

const escaped = text => String(text ?? '').replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);
const money = (amount, iso) => new Intl.NumberFormat('en-GB', { style: 'currency', currency: iso }).format(amount);

async function ask(path, body) {
    const answer = await fetch(`/api${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
}

function showLogin(message) {
    app.innerHTML = `
        <form class="sw-login-login">
            <h2 class="sw-login__content-headline">Log in</h2>
            <div class="sw-alert">${escaped(message)}</div>
            <label for="sw-field--username">Username</label>
            <input id="sw-field--username" type="text" autocomplete="username">
            <label for="sw-field--password">Password</label>
            <input id="sw-field--password" type="password" autocomplete="current-password">
            <div class="sw-login__submit"><button class="sw-login__login-action" type="submit">Log in</button></div>
        </form>`;
    app.querySelector('form').addEventListener('submit', logIn);
}

async function logIn(event) {
    event.preventDefault();
    const answer = await fetch('/api/oauth/token', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
            grant_type: 'password',
            client_id: 'administration',
            scopes: 'write',
            username: document.getElementById('sw-field--username').value,
            password: document.getElementById('sw-field--password').value,
        }),
    });
    if (!answer.ok) {
        showLogin('Incorrect username or password');
        return;
    }
    token = (await answer.json()).access_token;
    app.innerHTML = `
        <aside class="sw-admin-menu"><nav>
            <a href="#/sw/product/index">Products</a>
            <a href="#/sw/order/index">Orders</a>
            <a href="#/sw/customer/index">Customers</a>
        </nav></aside>
        <main class="sw-page"></main>`;
    await show();
}

function heading(text) {
    return `<div class="sw-page__head-area"><div class="smart-bar__header"><h2>${escaped(text)}</h2></div></div>`;
}

const lists = {
    'sw/product/index': {
        title: 'Products',
        entity: 'product',
        associations: {},
        cells: row => ({
            name: row.translated.name,
            productNumber: row.productNumber,
            'price-EUR': row.price ? money(row.price[0].gross, 'EUR') : '',
            stock: row.stock,
        }),
    },
    'sw/order/index': {
        title: 'Orders',
        entity: 'order',
        associations: { orderCustomer: {}, currency: {} },
        cells: row => ({
            orderNumber: row.orderNumber,
            'orderCustomer-firstName': `${row.orderCustomer.lastName}, ${row.orderCustomer.firstName}`,
            amountTotal: money(row.amountTotal, row.currency.isoCode),
        }),
    },
    'sw/customer/index': {
        title: 'Customers',
        entity: 'customer',
        associations: {},
        cells: row => ({
            firstName: `${row.lastName}, ${row.firstName}`,
            customerNumber: row.customerNumber,
            email: row.email,
        }),
    },
};

async function showList(page, list, term) {
    const found = await ask(`/search/${list.entity}`, {
        limit: 25,
        term: term || undefined,
        associations: list.associations,
    });
    const rows = found.data.map(row => {
        const cells = Object.entries(list.cells(row)).map(
            ([name, text]) => `<div class="sw-data-grid__cell sw-data-grid__cell--${name}">${escaped(text)}</div>`,
        );
        return `<div class="sw-data-grid__row">${cells.join('')}</div>`;
    });
    page.innerHTML = `${heading(list.title)}<div class="sw-data-grid__body">${rows.join('')}</div>`;
}

async function showOrder(page, id) {
    const found = await ask('/search/order', { ids: [id], associations: { currency: {}, deliveries: {} } });
    const order = found.data[0];
    const iso = order.currency.isoCode;
    const amounts = [
        ['Subtotal', order.positionPrice],
        ...order.deliveries.map(delivery => ['plus shipping costs', delivery.shippingCosts.totalPrice]),
        ['Total excluding VAT', order.amountNet],
        ...order.price.calculatedTaxes.map(tax => [`plus ${tax.taxRate}% VAT`, tax.tax]),
        ['Total including VAT', order.price.totalPrice],
    ];
    const entries = amounts.map(([label, amount]) => `<dt>${escaped(label)}</dt><dd>${money(amount, iso)}</dd>`);
    page.innerHTML = `${heading(`Order ${order.orderNumber}`)}
        <dl class="sw-order-detail__summary">${entries.join('')}</dl>`;
}

async function show() {
    if (token === null) {
        showLogin('');
        return;
    }
    const [path, query] = location.hash.replace(/^#\//, '').split('?');
    const page = app.querySelector('.sw-page');
    const order = path.match(/^sw\/order\/detail\/([0-9a-f]{32})/);
    if (order) {
        await showOrder(page, order[1]);
    } else if (lists[path]) {
        await showList(page, lists[path], new URLSearchParams(query).get('term'));
    } else {
        page.innerHTML = heading('Dashboard');
    }
}

window.addEventListener('hashchange', show);
show();
