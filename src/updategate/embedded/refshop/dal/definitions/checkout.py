"""Entities of the checkout: orders, promotions, rules, shipping, payment, documents, states.

The notation is described in the package ``definitions``.
"""

TEXT = """\
[delivery_time]
min:int! max:int! unit!
T name! customFields:json
N shippingMethods=shipping_method.deliveryTimeId- products=product.deliveryTimeId-

[document]
documentTypeId>document_type! fileType! referencedDocumentId>document orderId>order!
documentMediaFileId>media config:json! sent:bool static:bool deepLinkCode! documentNumber
customFields:json
1 documentType order referencedDocument=document documentMediaFile=media
N dependentDocuments=document.referencedDocumentId
B sent=false static=false

[document_base_config]
documentTypeId>document_type! logoId>media name! filenamePrefix filenameSuffix global:bool!
documentNumber config:json customFields:json
1 documentType- logo=media
N salesChannels=document_base_config_sales_channel.documentBaseConfigId#-
D global=false

[document_base_config_sales_channel]
documentBaseConfigId>document_base_config! salesChannelId>sales_channel documentTypeId>document_type
1 documentType- documentBaseConfig- salesChannel-

[document_type]
technicalName!
T name! customFields:json
N documents=document.documentTypeId- documentBaseConfigs=document_base_config.documentTypeId#-
  documentBaseConfigSalesChannels=document_base_config_sales_channel.documentTypeId#-

[number_range]
typeId>number_range_type!- global:bool!- pattern!- start:int!-
T name!- description- customFields:json-
1 type=number_range_type- state=number_range_state<numberRangeId#-&
N numberRangeSalesChannels=number_range_sales_channel.numberRangeId#-

[number_range_sales_channel]
numberRangeId>number_range!- salesChannelId>sales_channel!- numberRangeTypeId>number_range_type-
1 numberRange- salesChannel- numberRangeType-

[number_range_state]
numberRangeId>number_range!- lastValue:int!-
1 numberRange$-

[number_range_type]
technicalName- global:bool!-
T typeName!- customFields:json-
N numberRanges=number_range.typeId$-
  numberRangeSalesChannels=number_range_sales_channel.numberRangeTypeId#-

[order] versioned
autoIncrement:int~- orderNumber billingAddressId>order_address! currencyId>currency!
languageId>language! salesChannelId>sales_channel! orderDateTime:date! orderDate:day~ price:cart_price
amountTotal:float~ amountNet:float~ positionPrice:float~ taxStatus~ shippingCosts:calculated_price
shippingTotal:float~ currencyFactor:float! deepLinkCode affiliateCode campaignCode customerComment:text
source stateId>state_machine_state!- ruleIds:list- customFields:json createdById>user updatedById>user
itemRounding:rounding!- totalRounding:rounding!-
1 stateMachineState=state_machine_state.stateId orderCustomer=order_customer<orderId#& currency language
  salesChannel- billingAddress=order_address createdBy=user- updatedBy=user-
N addresses=order_address.orderId# deliveries=order_delivery.orderId# lineItems=order_line_item.orderId#
  transactions=order_transaction.orderId# documents=document.orderId
M tags=tag/order_tag.orderId.tagId

[order_address] versioned
countryId>country! countryStateId>country_state orderId>order!- salutationId>salutation- firstName:s50!
lastName:s60! street! zipcode city! company department title vatId phoneNumber additionalAddressLine1
additionalAddressLine2 customFields:json
1 country countryState order$- salutation
N orderDeliveries=order_delivery.shippingOrderAddressId#-

[order_customer] versioned
customerId>customer- orderId>order!- email! salutationId>salutation firstName! lastName! company title
vatIds:list customerNumber customFields:json remoteAddress-
1 order- customer- salutation

[order_delivery] versioned
orderId>order! shippingOrderAddressId>order_address! shippingMethodId>shipping_method!
stateId>state_machine_state! trackingCodes:list! shippingDateEarliest:date! shippingDateLatest:date!
shippingCosts:calculated_price customFields:json
1 stateMachineState=state_machine_state.stateId order- shippingOrderAddress=order_address shippingMethod
N positions=order_delivery_position.orderDeliveryId#
D trackingCodes=[]

[order_delivery_position] versioned
orderDeliveryId>order_delivery! orderLineItemId>order_line_item! price:calculated_price unitPrice:float@
totalPrice:float@ quantity:int@ customFields:json
1 orderDelivery- orderLineItem-

[order_line_item] versioned
orderId>order! productId>product promotionId>promotion parentId>order_line_item coverId>media
identifier! referencedId quantity:int! label! payload:json good:bool removable:bool stackable:bool
position:int! states:list! price:calculated_price!- priceDefinition:price_definition unitPrice:float@
totalPrice:float@ description:text type customFields:json
1 cover=media order- product- promotion- parent=order_line_item
N orderDeliveryPositions=order_delivery_position.orderLineItemId~#
  orderTransactionCaptureRefundPositions=order_transaction_capture_refund_position.orderLineItemId#-
  downloads=order_line_item_download.orderLineItemId# children=order_line_item.parentId!#
D position=1
B good=true removable=true stackable=true

[order_line_item_download] versioned
orderLineItemId>order_line_item! mediaId>media! position:int! accessGranted:bool! customFields:json
1 orderLineItem media
B accessGranted=false position=1

[order_tag] key=orderId,tagId nocreated noupdated
orderId>order! tagId>tag!
1 order tag

[order_transaction] versioned
orderId>order! paymentMethodId>payment_method! amount:calculated_price! validationData:json
stateId>state_machine_state! customFields:json
1 stateMachineState=state_machine_state.stateId order- paymentMethod
N captures=order_transaction_capture.orderTransactionId#

[order_transaction_capture] versioned
orderTransactionId>order_transaction! stateId>state_machine_state! externalReference
amount:calculated_price! customFields:json
1 stateMachineState=state_machine_state.stateId transaction=order_transaction.orderTransactionId
N refunds=order_transaction_capture_refund.captureId#

[order_transaction_capture_refund] versioned
captureId>order_transaction_capture! stateId>state_machine_state! externalReference reason
amount:calculated_price! customFields:json
1 stateMachineState=state_machine_state.stateId transactionCapture=order_transaction_capture.captureId
N positions=order_transaction_capture_refund_position.refundId#

[order_transaction_capture_refund_position] versioned
refundId:id! orderLineItemId>order_line_item! externalReference reason quantity:int
amount:calculated_price! customFields:json
1 orderLineItem orderTransactionCaptureRefund=order_transaction_capture_refund.refundId

[payment_method]
pluginId>plugin- handlerIdentifier- position:int active:bool afterOrderEnabled:bool
availabilityRuleId>rule- mediaId>media formattedHandlerIdentifier~@- synchronous:bool~@
asynchronous:bool~@ prepared:bool~@ refundable:bool~@ recurring:bool~@ shortName@ technicalName
T name! distinguishableName~ description:text customFields:json
1 media availabilityRule=rule- plugin- appPaymentMethod=app_payment_method<paymentMethodId#-&
N salesChannelDefaultAssignments=sales_channel.paymentMethodId$-
  customers=customer.defaultPaymentMethodId$- orderTransactions=order_transaction.paymentMethodId$-
M salesChannels=sales_channel/sales_channel_payment_method.paymentMethodId.salesChannelId-
B active=false afterOrderEnabled=false position=1
  handlerIdentifier=Shopware\\Core\\Checkout\\Payment\\Cart\\PaymentHandler\\DefaultPayment

[promotion]
active:bool!- validFrom:date- validUntil:date- maxRedemptionsGlobal:int- maxRedemptionsPerCustomer:int-
priority:int!- exclusive:bool!- code- useCodes:bool!- useIndividualCodes:bool!- individualCodePattern-
useSetGroups:bool!- customerRestriction:bool- preventCombination:bool!- orderCount:int~-
ordersPerCustomerCount:json~- exclusionIds:list-
T name!- customFields:json
N setgroups=promotion_setgroup.promotionId#- salesChannels=promotion_sales_channel.promotionId#-
  discounts=promotion_discount.promotionId#- individualCodes=promotion_individual_code.promotionId#-
  orderLineItems=order_line_item.promotionId%-
M personaRules=rule/promotion_persona_rule.promotionId.ruleId#-
  personaCustomers=customer/promotion_persona_customer.promotionId.customerId#-
  orderRules=rule/promotion_order_rule.promotionId.ruleId#-
  cartRules=rule/promotion_cart_rule.promotionId.ruleId#-
D active=false exclusive=false useCodes=false useIndividualCodes=false
  useSetGroups=false maxRedemptionsGlobal=null maxRedemptionsPerCustomer=null preventCombination=false
  priority=1
B customerRestriction=false orderCount=0

[promotion_cart_rule] key=promotionId,ruleId nocreated noupdated
promotionId>promotion!- ruleId>rule!-
1 promotion- rule-

[promotion_discount]
promotionId>promotion!- scope!- type:s32!- value:float!- considerAdvancedRules:bool!- maxValue:float-
sorterKey:s32- applierKey:s32- usageKey:s32- pickerKey:s32-
1 promotion-
N promotionDiscountPrices=promotion_discount_prices.discountId#-
M discountRules=rule/promotion_discount_rule.discountId.ruleId#-
B considerAdvancedRules=false

[promotion_discount_prices]
discountId>promotion_discount!- currencyId>currency!- price:float!-
1 promotionDiscount=promotion_discount.discountId- currency-
B price=0

[promotion_discount_rule] key=discountId,ruleId nocreated noupdated
discountId>promotion_discount!- ruleId>rule!-
1 discount=promotion_discount- rule-

[promotion_individual_code]
promotionId>promotion!- code!- payload:json-
1 promotion-

[promotion_order_rule] key=promotionId,ruleId nocreated noupdated
promotionId>promotion!- ruleId>rule!-
1 promotion- rule-

[promotion_persona_customer] key=promotionId,customerId nocreated noupdated
promotionId>promotion!- customerId>customer!-
1 promotion- customer-

[promotion_persona_rule] key=promotionId,ruleId nocreated noupdated
promotionId>promotion!- ruleId>rule!-
1 promotion- rule-

[promotion_sales_channel]
promotionId>promotion!- salesChannelId>sales_channel!- priority:int!-
1 promotion- salesChannel-
B priority=0

[promotion_setgroup]
promotionId>promotion!- packagerKey!- sorterKey!- value:float!-
1 promotion-
M setGroupRules=rule/promotion_setgroup_rule.setgroupId.ruleId#-

[promotion_setgroup_rule] key=setgroupId,ruleId nocreated noupdated
setgroupId>promotion_setgroup!- ruleId>rule!-
1 setgroup=promotion_setgroup- rule-

[rule]
name! priority:int!- description:text payload:blob~-? invalid:bool~- areas:list~- customFields:json
moduleTypes:json-
N conditions=rule_condition.ruleId#- productPrices=product_price.ruleId$-
  shippingMethodPrices=shipping_method_price.ruleId$-
  shippingMethodPriceCalculations=shipping_method_price.calculationRuleId$-
  shippingMethods=shipping_method.availabilityRuleId$-
  paymentMethods=payment_method.availabilityRuleId$- flowSequences=flow_sequence.ruleId$-
  taxProviders=tax_provider.availabilityRuleId$-
M personaPromotions=promotion/promotion_persona_rule.ruleId.promotionId$-
  tags=tag/rule_tag.ruleId.tagId- orderPromotions=promotion/promotion_order_rule.ruleId.promotionId$-
  cartPromotions=promotion/promotion_cart_rule.ruleId.promotionId$-
  promotionDiscounts=promotion_discount/promotion_discount_rule.ruleId.discountId$-
  promotionSetGroups=promotion_setgroup/promotion_setgroup_rule.ruleId.setgroupId$-
B invalid=false

[rule_condition]
type!- ruleId>rule!- scriptId>app_script_condition- parentId>rule_condition- value:json- position:int-
customFields:json-
1 rule- appScriptCondition=app_script_condition.scriptId-& parent=rule_condition-
N children=rule_condition.parentId#-
B position=0

[rule_tag] key=ruleId,tagId nocreated noupdated
ruleId>rule!- tagId>tag!-
1 rule- tag-

[shipping_method]
active:bool position:int availabilityRuleId>rule- mediaId>media deliveryTimeId>delivery_time! taxType:s50!
taxId>tax- technicalName
T name! customFields:json description:text trackingUrl:text
1 deliveryTime& availabilityRule=rule media tax
  appShippingMethod=app_shipping_method<shippingMethodId#-&
N prices=shipping_method_price.shippingMethodId# orderDeliveries=order_delivery.shippingMethodId$-
  salesChannelDefaultAssignments=sales_channel.shippingMethodId$-
M tags=tag/shipping_method_tag.shippingMethodId.tagId
  salesChannels=sales_channel/sales_channel_shipping_method.shippingMethodId.salesChannelId-
D taxType=auto position=1 active=false

[shipping_method_price]
shippingMethodId>shipping_method! ruleId>rule calculation:int calculationRuleId>rule quantityStart:float
quantityEnd:float currencyPrice:price customFields:json
1 shippingMethod- rule- calculationRule=rule-

[shipping_method_tag] key=shippingMethodId,tagId nocreated noupdated
shippingMethodId>shipping_method!- tagId>tag!-
1 shippingMethod- tag-

[state_machine]
technicalName!- initialStateId:id-
T name!- customFields:json
N states=state_machine_state.stateMachineId# transitions=state_machine_transition.stateMachineId#
  historyEntries=state_machine_history.stateMachineId-

[state_machine_history]
referencedId:id!- referencedVersionId:id!- stateMachineId>state_machine!- entityName!-
fromStateId>state_machine_state!- toStateId>state_machine_state!- transitionActionName- userId>user-
1 stateMachine- fromStateMachineState=state_machine_state.fromStateId
  toStateMachineState=state_machine_state.toStateId user-

[state_machine_state]
technicalName! stateMachineId>state_machine!-
T name! customFields:json
1 stateMachine-
N fromStateMachineTransitions=state_machine_transition.fromStateId-
  toStateMachineTransitions=state_machine_transition.toStateId-
  orderTransactions=order_transaction.stateId- orderDeliveries=order_delivery.stateId-
  orders=order.stateId- orderTransactionCaptures=order_transaction_capture.stateId-
  orderTransactionCaptureRefunds=order_transaction_capture_refund.stateId-
  toStateMachineHistoryEntries=state_machine_history.toStateId-
  fromStateMachineHistoryEntries=state_machine_history.fromStateId-

[state_machine_transition]
actionName!- stateMachineId>state_machine!- fromStateId>state_machine_state!-
toStateId>state_machine_state!- customFields:json-
1 stateMachine- fromStateMachineState=state_machine_state.fromStateId-
  toStateMachineState=state_machine_state.toStateId-
"""
