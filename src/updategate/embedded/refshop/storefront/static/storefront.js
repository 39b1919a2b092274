/* What the reference shop's storefront does in the browser. No build step, no outside code. */
(() => {
  'use strict';

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  /* Like Shopware, an element remembers what was attached to it: tests wait for that. */
  const attach = (element, name, task) => {
    element.__plugins = element.__plugins || new Map();
    if (element.__plugins.has(name)) return;
    element.__plugins.set(name, true);
    task(element);
  };
  const attachAll = (selector, name, task) => all(selector).forEach(element => attach(element, name, task));
  const options = (element, name) => JSON.parse(element.getAttribute(`data-${name}-options`) || '{}');
  const debounce = (task, delay) => {
    let timer;
    return (...given) => { clearTimeout(timer); timer = setTimeout(() => task(...given), delay); };
  };
  const ajax = (url, init = {}) => fetch(url, {
    credentials: 'same-origin', headers: { 'X-Requested-With': 'XMLHttpRequest', ...(init.headers || {}) }, ...init,
  });
  const post = (form) => ajax(form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(new FormData(form)) });

  /* -- cart ---------------------------------------------------------------------------------------------------- */

  const fetchCartWidget = async () => {
    const response = await ajax(window.router['frontend.checkout.info']);
    if (response.status !== 200) return;
    const html = await response.text();
    all('[data-cart-widget]').forEach(widget => { widget.innerHTML = html; });
  };

  const offcanvas = {
    panel: null,
    show(html) {
      if (!this.panel) {
        this.panel = document.createElement('div');
        this.panel.className = 'offcanvas offcanvas-end cart-offcanvas';
        this.panel.setAttribute('tabindex', '-1');
        this.backdrop = document.createElement('div');
        this.backdrop.className = 'offcanvas-backdrop modal-backdrop fade show';
        this.backdrop.addEventListener('click', () => this.close());
        document.body.append(this.panel, this.backdrop);
        document.body.classList.add('no-scroll');
      }
      this.panel.innerHTML = html;
      this.panel.classList.add('show');
      this.register();
      initialise();
    },
    close() {
      if (!this.panel) return;
      this.panel.remove();
      this.backdrop.remove();
      this.panel = null;
      document.body.classList.remove('no-scroll');
    },
    async load(request) {
      const response = await request;
      this.show(await response.text());
      fetchCartWidget();
    },
    register() {
      const panel = this.panel;
      all('.js-offcanvas-close', panel).forEach(button => button.addEventListener('click', () => this.close()));
      all('.js-offcanvas-cart-remove-product, .js-offcanvas-cart-add-promotion', panel).forEach(form => {
        form.addEventListener('submit', event => { event.preventDefault(); this.load(post(form)); });
      });
      all('.js-offcanvas-cart-change-quantity-number', panel).forEach(input => {
        input.addEventListener('change', debounce(() => this.load(post(input.form)), 400));
      });
      const toggle = one('.js-toggle-shipping-selection', panel);
      const choice = one('.offcanvas-shipping-preference', panel);
      if (toggle && choice) {
        toggle.addEventListener('click', () => choice.classList.toggle('offcanvas-shipping-preference--hidden'));
        one('select', choice).addEventListener('input', event => this.load(post(event.target.form)));
      }
    },
  };

  const addToCart = form => {
    const redirect = one('[name="redirectTo"]', form);
    if (redirect) redirect.value = 'frontend.cart.offcanvas';
    const parameters = one('[data-redirect-parameters="true"]', form);
    if (parameters) parameters.disabled = true;
    form.addEventListener('submit', event => { event.preventDefault(); offcanvas.load(post(form)); });
  };

  /* -- forms --------------------------------------------------------------------------------------------------- */

  const autoSubmit = form => {
    const { changeTriggerSelectors: selectors, delayChangeEvent: delay } = options(form, 'form-auto-submit');
    const submit = event => {
      if (selectors && !selectors.some(selector => event.target.matches(selector))) return;
      new URLSearchParams(location.search).forEach((value, key) => {
        const name = `redirectParameters[${key}]`;
        if (one(`input[name="${CSS.escape(name)}"]`, form)) return;
        const input = Object.assign(document.createElement('input'), { type: 'hidden', name, value });
        form.append(input);
      });
      form.submit();
    };
    form.addEventListener('change', delay ? debounce(submit, delay) : submit);
  };

  const submitLoader = form => form.addEventListener('submit', () => {
    const buttons = [...all('button[type="submit"], button:not([type])', form), ...all(`button[form="${form.id}"]`)];
    setTimeout(() => buttons.forEach(button => { button.disabled = true; }), 0);
  });

  /* Going back from the finish page leads to the orders, not to the form that was sent. */
  const addHistory = form => form.addEventListener('submit', () => {
    options(form, 'form-add-history').entries.forEach(({ state, title, url }) => history.pushState(state, title, url));
  });

  const quantity = group => {
    const input = one('.js-quantity-selector', group);
    const step = way => {
      const before = input.value;
      way > 0 ? input.stepUp() : input.stepDown();
      if (input.value !== before) input.dispatchEvent(new Event('change', { bubbles: true }));
    };
    one('.js-btn-plus', group).addEventListener('click', () => step(1));
    one('.js-btn-minus', group).addEventListener('click', () => step(-1));
  };

  const countryStates = block => {
    const country = one('.country-select', block), state = one('.country-state-select', block);
    const load = async () => {
      if (!country.value) return;
      const response = await ajax(window.router['frontend.country.country.data'], {
        method: 'POST', body: JSON.stringify({ countryId: country.value }), headers: { 'Content-Type': 'application/json' },
      });
      const { states } = await response.json();
      all('option:not([data-placeholder-option])', state).forEach(option => option.remove());
      states.forEach(each => state.append(new Option(each.translated.name, each.id)));
      state.closest('.form-group').classList.toggle('d-none', !states.length);
    };
    country.addEventListener('change', load);
    load();
  };

  const registration = form => {
    const show = (selector, visible) => all(selector, form).forEach(part => part.classList.toggle('d-none', !visible));
    const type = one('#accountType', form), guest = one('#personalGuest', form), other = one('#differentShippingAddress', form);
    if (type) type.addEventListener('change', () => show('.js-business-fields', type.value === 'business'));
    if (guest) {
      const toggle = () => {
        show('.js-form-field-toggle-guest-mode', guest.checked);
        one('#personalPassword', form).required = guest.checked;
      };
      guest.addEventListener('change', toggle);
      toggle();
    }
    if (other) {
      const toggle = () => {
        show('.js-form-field-toggle-shipping-address', other.checked);
        all('#shippingAddresspersonalFirstName, #shippingAddresspersonalLastName, #shippingAddressAddressStreet,'
          + ' #shippingAddressAddressCity, #shippingAddressAddressCountry', form).forEach(field => { field.required = other.checked; });
      };
      other.addEventListener('change', toggle);
      toggle();
    }
  };

  /* -- catalogue ----------------------------------------------------------------------------------------------- */

  const variants = form => form.addEventListener('change', async event => {
    const chosen = Object.fromEntries(new FormData(form));
    const query = new URLSearchParams({ options: JSON.stringify(chosen), switched: event.target.name });
    const response = await ajax(`${options(form, 'variant-switch').url}?${query}`);
    location.assign((await response.json()).url);
  });

  const search = form => {
    const input = one('input[type="search"]', form);
    const close = () => all('.js-search-result', form).forEach(result => result.remove());
    input.addEventListener('input', debounce(async () => {
      const term = input.value.trim();
      if (term.length < 3) { close(); return; }
      const response = await ajax(form.dataset.url + encodeURIComponent(term));
      const html = await response.text();
      close();
      form.insertAdjacentHTML('beforeend', html);
    }, 250));
    document.addEventListener('click', event => { if (!form.contains(event.target)) close(); });
  };

  const listing = wrapper => {
    const { dataUrl, params } = options(wrapper, 'listing');
    const current = new URLSearchParams(params);
    const reload = async changes => {
      Object.entries(changes).forEach(([name, value]) => (value ? current.set(name, value) : current.delete(name)));
      const sorted = new URLSearchParams([...current].sort(([a], [b]) => (a < b ? -1 : 1)));
      const response = await ajax(`${dataUrl}?no-aggregations=1&${sorted}`);
      wrapper.innerHTML = await response.text();
      history.pushState({}, '', `${location.pathname}?${sorted}`);
      initialise();
      register();
    };
    const checked = name => all(`[data-name="${name}"] input:checked`).map(input => input.value).join('|');
    const register = () => {
      all('select.sorting', wrapper).forEach(select => {
        select.addEventListener('change', () => reload({ order: select.value, p: '1' }));
      });
      all('.pagination input[name="p"]', wrapper).forEach(radio => {
        radio.addEventListener('change', () => reload({ p: radio.value }));
      });
    };
    all('.filter-panel input').forEach(input => input.addEventListener('change', debounce(() => reload({
      manufacturer: checked('manufacturer'),
      properties: checked('properties'),
      'min-price': (one('.min-input') || {}).value || '',
      'max-price': (one('.max-input') || {}).value || '',
      'shipping-free': (one('#shipping-free') || {}).checked ? '1' : '',
      p: '1',
    }), 300)));
    register();
  };

  /* -- small things that a framework would bring ----------------------------------------------------------------- */

  const dropdowns = () => document.addEventListener('click', event => {
    const toggle = event.target.closest('[data-bs-toggle="dropdown"]');
    all('.dropdown-menu.show').forEach(menu => {
      if (!menu.contains(event.target) && (!toggle || menu.parentElement !== toggle.parentElement)) menu.classList.remove('show');
    });
    if (toggle) {
      const menu = one('.dropdown-menu', toggle.parentElement);
      if (menu) toggle.setAttribute('aria-expanded', menu.classList.toggle('show'));
    }
  });

  const collapses = () => document.addEventListener('click', event => {
    const toggle = event.target.closest('[data-bs-toggle="collapse"]');
    if (!toggle) return;
    event.preventDefault();
    const target = one(toggle.dataset.bsTarget || toggle.getAttribute('href'));
    if (!target) return;
    const shown = target.classList.toggle('show');
    toggle.classList.toggle('collapsed', !shown);
    toggle.setAttribute('aria-expanded', shown);
  });

  const tabs = () => document.addEventListener('click', event => {
    const tab = event.target.closest('[data-bs-toggle="tab"]');
    if (!tab) return;
    event.preventDefault();
    const pane = one(tab.getAttribute('href'));
    all('.nav-link', tab.closest('ul')).forEach(each => each.classList.toggle('active', each === tab));
    all(':scope > .tab-pane', pane.parentElement).forEach(each => {
      each.classList.toggle('show', each === pane);
      each.classList.toggle('active', each === pane);
    });
  });

  const cookieBar = bar => {
    if (document.cookie.includes('cookie-preference=')) return;
    bar.classList.add('is-shown');
    all('button', bar).forEach(button => button.addEventListener('click', () => {
      document.cookie = `cookie-preference=1; path=/; max-age=${30 * 24 * 3600}; samesite=lax`;
      bar.classList.remove('is-shown');
    }));
  };

  const moreMethods = button => button.addEventListener('click', () => {
    const more = one('.collapse', button.parentElement);
    if (more) more.classList.toggle('show');
  });

  const scrollUp = block => {
    const toggle = () => block.classList.toggle('is-visible', window.scrollY > 400);
    window.addEventListener('scroll', toggle, { passive: true });
    block.addEventListener('click', () => window.scrollTo({ top: 0 }));
  };

  const initialise = () => {
    attachAll('[data-add-to-cart]', 'AddToCart', addToCart);
    attachAll('[data-off-canvas-cart], [data-offcanvas-cart]', 'OffCanvasCart', element => {
      element.addEventListener('click', event => { event.preventDefault(); offcanvas.load(ajax(window.router['frontend.cart.offcanvas'])); });
    });
    attachAll('[data-form-auto-submit]', 'FormAutoSubmit', autoSubmit);
    attachAll('[data-form-submit-loader]:not(.js-offcanvas-cart-remove-product)', 'FormSubmitLoader', submitLoader);
    attachAll('[data-form-add-history]', 'FormAddHistory', addHistory);
    attachAll('[data-quantity-selector]', 'QuantitySelector', quantity);
    attachAll('[data-country-state-select]', 'CountryStateSelect', countryStates);
    attachAll('.register-form, #profilePersonalForm', 'FormFieldToggle', registration);
    attachAll('[data-variant-switch]', 'VariantSwitch', variants);
    attachAll('[data-search-widget], [data-search-form]', 'SearchWidget', search);
    attachAll('[data-listing-sorting]', 'ListingSorting', () => {});
    attachAll('[data-collapse-checkout-confirm-methods]', 'CollapseCheckoutConfirmMethods', moreMethods);
  };

  window.PluginManager = { initializePlugins: initialise };
  initialise();
  attachAll('[data-listing]', 'Listing', listing);
  attachAll('[data-cookie-permission]', 'CookiePermission', cookieBar);
  attachAll('[data-scroll-up]', 'ScrollUp', scrollUp);
  dropdowns();
  collapses();
  tabs();
  if (one('[data-cart-widget]')) fetchCartWidget();
  document.cookie = `timezone=${Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'}; path=/; max-age=${30 * 24 * 3600}; samesite=lax`;
})();
