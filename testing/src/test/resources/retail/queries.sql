-- A retailer's sales in stores, by catalog and on the web, made of numbers, with NULLs, and queries of the shapes that TPC-DS has.

CREATE TABLE date_dim (d_date_sk INTEGER, d_date DATE, d_year INTEGER, d_moy INTEGER, d_dom INTEGER, d_qoy INTEGER, d_dow INTEGER, d_week_seq INTEGER,
d_month_seq INTEGER, d_day_name VARCHAR, d_quarter_name VARCHAR);

INSERT INTO date_dim SELECT i, DATE '1998-01-01' + CAST(i AS INTEGER), CAST(year(DATE '1998-01-01' + CAST(i AS INTEGER)) AS INTEGER), CAST(month(DATE
'1998-01-01' + CAST(i AS INTEGER)) AS INTEGER), CAST(day(DATE '1998-01-01' + CAST(i AS INTEGER)) AS INTEGER), CAST(quarter(DATE '1998-01-01' + CAST(i
AS INTEGER)) AS INTEGER), i % 7, i // 7, CAST((year(DATE '1998-01-01' + CAST(i AS INTEGER)) - 1900) * 12 + month(DATE '1998-01-01' + CAST(i AS
INTEGER)) - 1 AS INTEGER), dayname(DATE '1998-01-01' + CAST(i AS INTEGER)), year(DATE '1998-01-01' + CAST(i AS INTEGER)) || 'Q' || quarter(DATE
'1998-01-01' + CAST(i AS INTEGER)) FROM generate_series(1, 1500) AS g(i);

CREATE TABLE item (i_item_sk INTEGER, i_item_id VARCHAR, i_item_desc VARCHAR, i_current_price DECIMAL(7,2), i_wholesale_cost DECIMAL(7,2), i_brand_id
INTEGER, i_brand VARCHAR, i_class_id INTEGER, i_class VARCHAR, i_category_id INTEGER, i_category VARCHAR, i_manufact_id INTEGER, i_manufact VARCHAR,
i_size VARCHAR, i_color VARCHAR, i_units VARCHAR, i_manager_id INTEGER, i_product_name VARCHAR);

INSERT INTO item SELECT i, 'ITEM' || (i // 2), 'desc ' || (i * 7 % 31), CAST(CASE WHEN i % 17 = 0 THEN NULL ELSE i * 1.37 % 100 END AS DECIMAL(7,2)),
CAST(i * 0.77 % 60 AS DECIMAL(7,2)), i % 12, 'brand' || (i % 12), i % 7, 'class' || (i % 7), i % 5, CASE WHEN i % 23 = 0 THEN NULL ELSE 'cat' || (i %
5) END, i % 40, 'man' || (i % 40), CASE i % 3 WHEN 0 THEN 'small' WHEN 1 THEN 'medium' ELSE 'large' END, 'color' || (i % 9), 'unit' || (i % 4), i %
30, 'prod' || i FROM generate_series(1, 120) AS g(i);

CREATE TABLE store (s_store_sk INTEGER, s_store_id VARCHAR, s_store_name VARCHAR, s_state VARCHAR, s_city VARCHAR, s_county VARCHAR, s_zip VARCHAR,
s_number_employees INTEGER, s_gmt_offset DECIMAL(5,2), s_market_id INTEGER, s_company_name VARCHAR);

INSERT INTO store SELECT i, 'S' || i, CASE i % 3 WHEN 0 THEN 'ought' WHEN 1 THEN 'able' ELSE 'ese' END, CASE i % 2 WHEN 0 THEN 'TN' ELSE 'CA' END,
'city' || (i % 4), 'county' || (i % 3), '3' || (1000 + i * 37), 200 + i * 5, -5, i % 6, 'comp' || (i % 2) FROM generate_series(1, 12) AS g(i);

CREATE TABLE customer (c_customer_sk INTEGER, c_customer_id VARCHAR, c_current_cdemo_sk INTEGER, c_current_hdemo_sk INTEGER, c_current_addr_sk
INTEGER, c_first_name VARCHAR, c_last_name VARCHAR, c_birth_month INTEGER, c_birth_year INTEGER, c_birth_country VARCHAR, c_preferred_cust_flag
VARCHAR, c_salutation VARCHAR);

INSERT INTO customer SELECT i, 'C' || i, i * 3 % 50 + 1, i % 20 + 1, i * 7 % 100 + 1, 'first' || (i % 13), CASE WHEN i % 19 = 0 THEN NULL ELSE 'last'
|| (i % 29) END, i % 12 + 1, 1930 + i % 60, 'country' || (i % 6), CASE WHEN i % 2 = 0 THEN 'Y' ELSE 'N' END, 'Mr' FROM generate_series(1, 150) AS g(i);

CREATE TABLE customer_address (ca_address_sk INTEGER, ca_city VARCHAR, ca_county VARCHAR, ca_state VARCHAR, ca_zip VARCHAR, ca_country VARCHAR,
ca_gmt_offset DECIMAL(5,2));

INSERT INTO customer_address SELECT i, 'city' || (i % 9), 'county' || (i % 5), CASE i % 4 WHEN 0 THEN 'TN' WHEN 1 THEN 'CA' WHEN 2 THEN 'TX' ELSE NULL
END, '3' || (1000 + i * 11), 'United States', CASE WHEN i % 2 = 0 THEN -5 ELSE -6 END FROM generate_series(1, 100) AS g(i);

CREATE TABLE customer_demographics (cd_demo_sk INTEGER, cd_gender VARCHAR, cd_marital_status VARCHAR, cd_education_status VARCHAR, cd_dep_count
INTEGER);

INSERT INTO customer_demographics SELECT i, CASE i % 2 WHEN 0 THEN 'M' ELSE 'F' END, CASE i % 3 WHEN 0 THEN 'S' WHEN 1 THEN 'M' ELSE 'D' END, CASE i %
2 WHEN 0 THEN 'College' ELSE 'Primary' END, i % 5 FROM generate_series(1, 50) AS g(i);

CREATE TABLE household_demographics (hd_demo_sk INTEGER, hd_income_band_sk INTEGER, hd_buy_potential VARCHAR, hd_dep_count INTEGER, hd_vehicle_count
INTEGER);

INSERT INTO household_demographics SELECT i, i % 5, CASE i % 2 WHEN 0 THEN '>10000' ELSE 'Unknown' END, i % 8, i % 5 - 1 FROM generate_series(1, 20)
AS g(i);

CREATE TABLE promotion (p_promo_sk INTEGER, p_channel_email VARCHAR, p_channel_event VARCHAR, p_channel_dmail VARCHAR, p_channel_tv VARCHAR);

INSERT INTO promotion SELECT i, CASE i % 2 WHEN 0 THEN 'N' ELSE 'Y' END, CASE i % 3 WHEN 0 THEN 'N' ELSE 'Y' END, 'Y', 'N' FROM generate_series(1, 10)
AS g(i);

CREATE TABLE store_sales (ss_sold_date_sk INTEGER, ss_sold_time_sk INTEGER, ss_item_sk INTEGER, ss_customer_sk INTEGER, ss_cdemo_sk INTEGER,
ss_hdemo_sk INTEGER, ss_addr_sk INTEGER, ss_store_sk INTEGER, ss_promo_sk INTEGER, ss_ticket_number INTEGER, ss_quantity INTEGER, ss_wholesale_cost
DECIMAL(7,2), ss_list_price DECIMAL(7,2), ss_sales_price DECIMAL(7,2), ss_ext_discount_amt DECIMAL(7,2), ss_ext_sales_price DECIMAL(7,2),
ss_ext_wholesale_cost DECIMAL(7,2), ss_ext_list_price DECIMAL(7,2), ss_coupon_amt DECIMAL(7,2), ss_net_paid DECIMAL(7,2), ss_net_profit DECIMAL(7,2));

INSERT INTO store_sales SELECT CAST(CASE WHEN i % 41 = 0 THEN NULL ELSE i * 13 % 1500 + 1 END AS INTEGER), i * 17 % 86400, i * 31 % 120 + 1, CASE WHEN
i % 37 = 0 THEN NULL ELSE i * 11 % 150 + 1 END, i * 3 % 50 + 1, i % 20 + 1, i * 7 % 100 + 1, CASE WHEN i % 43 = 0 THEN NULL ELSE i % 12 + 1 END, i %
10 + 1, i // 3, i % 100, CAST(i * 0.31 % 90 AS DECIMAL(7,2)), CAST(i * 0.53 % 150 AS DECIMAL(7,2)), CAST(i * 0.47 % 140 AS DECIMAL(7,2)), CAST(i % 13
AS DECIMAL(7,2)), CAST(CASE WHEN i % 47 = 0 THEN NULL ELSE i * 0.47 % 140 * 3 END AS DECIMAL(7,2)), CAST(i * 0.31 % 90 * 2 AS DECIMAL(7,2)), CAST(i *
0.53 % 150 * 2 AS DECIMAL(7,2)), CAST(i % 7 AS DECIMAL(7,2)), CAST(i * 0.61 % 300 AS DECIMAL(7,2)), CAST(i * 0.29 % 200 - 80 AS DECIMAL(7,2)) FROM
generate_series(1, 4000) AS g(i);

CREATE TABLE store_returns (sr_returned_date_sk INTEGER, sr_item_sk INTEGER, sr_customer_sk INTEGER, sr_store_sk INTEGER, sr_ticket_number INTEGER,
sr_return_quantity INTEGER, sr_return_amt DECIMAL(7,2), sr_net_loss DECIMAL(7,2));

INSERT INTO store_returns SELECT CASE WHEN ss_ticket_number % 29 = 0 THEN NULL ELSE ss_sold_date_sk + 5 END, ss_item_sk, ss_customer_sk, ss_store_sk,
ss_ticket_number, ss_quantity // 2, ss_sales_price, CAST(ss_ticket_number % 50 AS DECIMAL(7,2)) FROM store_sales WHERE ss_ticket_number % 6 = 0;

CREATE TABLE catalog_sales (cs_sold_date_sk INTEGER, cs_ship_date_sk INTEGER, cs_bill_customer_sk INTEGER, cs_bill_cdemo_sk INTEGER, cs_item_sk
INTEGER, cs_promo_sk INTEGER, cs_order_number INTEGER, cs_warehouse_sk INTEGER, cs_quantity INTEGER, cs_list_price DECIMAL(7,2), cs_sales_price
DECIMAL(7,2), cs_ext_sales_price DECIMAL(7,2), cs_net_profit DECIMAL(7,2), cs_coupon_amt DECIMAL(7,2), cs_ext_ship_cost DECIMAL(7,2));

INSERT INTO catalog_sales SELECT i * 19 % 1500 + 1, CASE WHEN i % 31 = 0 THEN NULL ELSE i * 19 % 1500 + 4 END, i * 23 % 150 + 1, i * 3 % 50 + 1, i * 7
% 120 + 1, i % 10 + 1, i // 2, CASE WHEN i % 53 = 0 THEN NULL ELSE i % 5 END, i % 80, CAST(i * 0.41 % 120 AS DECIMAL(7,2)), CAST(i * 0.37 % 110 AS
DECIMAL(7,2)), CAST(i * 0.37 % 110 * 2 AS DECIMAL(7,2)), CAST(i * 0.19 % 100 - 40 AS DECIMAL(7,2)), CAST(i % 5 AS DECIMAL(7,2)), CAST(i % 40 AS
DECIMAL(7,2)) FROM generate_series(1, 2500) AS g(i);

CREATE TABLE web_sales (ws_sold_date_sk INTEGER, ws_ship_date_sk INTEGER, ws_bill_customer_sk INTEGER, ws_item_sk INTEGER, ws_order_number INTEGER,
ws_warehouse_sk INTEGER, ws_quantity INTEGER, ws_sales_price DECIMAL(7,2), ws_ext_sales_price DECIMAL(7,2), ws_net_profit DECIMAL(7,2),
ws_ext_ship_cost DECIMAL(7,2), ws_web_site_sk INTEGER);

INSERT INTO web_sales SELECT i * 29 % 1500 + 1, i * 29 % 1500 + 6, i * 13 % 150 + 1, i * 11 % 120 + 1, i // 2, i % 4, i % 60, CAST(i * 0.43 % 130 AS
DECIMAL(7,2)), CAST(i * 0.43 % 130 * 2 AS DECIMAL(7,2)), CAST(i * 0.23 % 90 - 30 AS DECIMAL(7,2)), CAST(i % 30 AS DECIMAL(7,2)), i % 6 FROM
generate_series(1, 1500) AS g(i);

with ctr as (select sr_customer_sk as c_sk, sr_store_sk as s_sk, sum(sr_return_amt) as total from store_returns, date_dim where sr_returned_date_sk =
d_date_sk and d_year = 1999 group by sr_customer_sk, sr_store_sk) select c_customer_id from ctr ctr1, store, customer where ctr1.total > (select
avg(total) * 1.2 from ctr ctr2 where ctr1.s_sk = ctr2.s_sk) and s_store_sk = ctr1.s_sk and s_state = 'TN' and ctr1.c_sk = c_customer_sk order by
c_customer_id limit 100;

with wscs as (select sold_date_sk, sales_price from (select ws_sold_date_sk sold_date_sk, ws_ext_sales_price sales_price from web_sales union all
select cs_sold_date_sk sold_date_sk, cs_ext_sales_price sales_price from catalog_sales) x), wswscs as (select d_week_seq, sum(case when d_day_name =
'Sunday' then sales_price else null end) sun_sales, sum(case when d_day_name = 'Monday' then sales_price else null end) mon_sales from wscs, date_dim
where d_date_sk = sold_date_sk group by d_week_seq) select d_week_seq1, round(sun_sales1 / sun_sales2, 2), round(mon_sales1 / mon_sales2, 2) from
(select wswscs.d_week_seq d_week_seq1, sun_sales sun_sales1, mon_sales mon_sales1 from wswscs, date_dim where date_dim.d_week_seq = wswscs.d_week_seq
and d_year = 1998) y, (select wswscs.d_week_seq d_week_seq2, sun_sales sun_sales2, mon_sales mon_sales2 from wswscs, date_dim where
date_dim.d_week_seq = wswscs.d_week_seq and d_year = 1999) z where d_week_seq1 = d_week_seq2 - 53 order by d_week_seq1, 2, 3 limit 50;

select dt.d_year, item.i_brand_id brand_id, item.i_brand brand, sum(ss_ext_sales_price) sum_agg from date_dim dt, store_sales, item where dt.d_date_sk
= store_sales.ss_sold_date_sk and store_sales.ss_item_sk = item.i_item_sk and item.i_manufact_id = 8 and dt.d_moy = 11 group by dt.d_year,
item.i_brand, item.i_brand_id order by dt.d_year, sum_agg desc, brand_id limit 100;

with year_total as (select c_customer_id customer_id, c_first_name fn, d_year dyear, sum(((ss_ext_list_price - ss_ext_wholesale_cost -
ss_ext_discount_amt) + ss_ext_sales_price) / 2) year_total, 's' sale_type from customer, store_sales, date_dim where c_customer_sk = ss_customer_sk
and ss_sold_date_sk = d_date_sk group by c_customer_id, c_first_name, d_year union all select c_customer_id, c_first_name, d_year, sum(cs_list_price *
2), 'c' from customer, catalog_sales, date_dim where c_customer_sk = cs_bill_customer_sk and cs_sold_date_sk = d_date_sk group by c_customer_id,
c_first_name, d_year) select s2.customer_id, s2.fn from year_total s1, year_total s2, year_total c1, year_total c2 where s2.customer_id =
s1.customer_id and s1.customer_id = c1.customer_id and s1.customer_id = c2.customer_id and s1.sale_type = 's' and c1.sale_type = 'c' and s2.sale_type
= 's' and c2.sale_type = 'c' and s1.dyear = 1998 and s2.dyear = 1999 and c1.dyear = 1998 and c2.dyear = 1999 and s1.year_total > 0 and c1.year_total >
0 and case when c1.year_total > 0 then c2.year_total / c1.year_total else null end > case when s1.year_total > 0 then s2.year_total / s1.year_total
else null end order by 1, 2 limit 100;

with ssr as (select s_store_id, sum(sales_price) as sales, sum(profit) as profit, sum(return_amt) as returns_, sum(net_loss) as profit_loss from
(select ss_store_sk as store_sk, ss_sold_date_sk as date_sk, ss_ext_sales_price as sales_price, ss_net_profit as profit, cast(0 as decimal(7,2)) as
return_amt, cast(0 as decimal(7,2)) as net_loss from store_sales union all select sr_store_sk, sr_returned_date_sk, cast(0 as decimal(7,2)), cast(0 as
decimal(7,2)), sr_return_amt, sr_net_loss from store_returns) salesreturns, date_dim, store where date_sk = d_date_sk and d_date between
cast('1998-08-04' as date) and (cast('1998-08-04' as date) + interval '14' day) and store_sk = s_store_sk group by s_store_id), wsr as (select
ws_web_site_sk, sum(ws_ext_sales_price) sales, sum(ws_net_profit) profit from web_sales, date_dim where ws_sold_date_sk = d_date_sk and d_year = 1998
group by ws_web_site_sk) select channel, id, sum(sales) as sales, sum(returns_) as returns_, sum(profit) as profit from (select 'store channel' as
channel, 'store' || s_store_id as id, sales, returns_, (profit - profit_loss) as profit from ssr union all select 'web channel', 'web' ||
ws_web_site_sk, sales, 0, profit from wsr) x group by rollup (channel, id) order by channel, id, sales limit 100;

select a.ca_state state, count(*) cnt from customer_address a, customer c, store_sales s, date_dim d, item i where a.ca_address_sk =
c.c_current_addr_sk and c.c_customer_sk = s.ss_customer_sk and s.ss_sold_date_sk = d.d_date_sk and s.ss_item_sk = i.i_item_sk and d.d_month_seq =
(select distinct (d_month_seq) from date_dim where d_year = 2001 and d_moy = 1) and i.i_current_price > 1.2 * (select avg(j.i_current_price) from item
j where j.i_category = i.i_category) group by a.ca_state having count(*) >= 1 order by cnt, a.ca_state limit 100;

select i_item_id, avg(ss_quantity) agg1, avg(ss_list_price) agg2, avg(ss_coupon_amt) agg3, avg(ss_sales_price) agg4 from store_sales,
customer_demographics, date_dim, item, promotion where ss_sold_date_sk = d_date_sk and ss_item_sk = i_item_sk and ss_cdemo_sk = cd_demo_sk and
ss_promo_sk = p_promo_sk and cd_gender = 'M' and cd_marital_status = 'S' and cd_education_status = 'College' and (p_channel_email = 'N' or
p_channel_event = 'N') and d_year = 2000 group by i_item_id order by i_item_id limit 100;

select s_store_name, sum(ss_net_profit) from store_sales, date_dim, store, (select ca_zip from (select substr(ca_zip, 1, 5) ca_zip from
customer_address where substr(ca_zip, 1, 5) in ('31011', '31022', '31033', '31440') intersect select ca_zip from (select substr(ca_zip, 1, 5) ca_zip,
count(*) cnt from customer_address, customer where ca_address_sk = c_current_addr_sk and c_preferred_cust_flag = 'Y' group by ca_zip having count(*) >
0) a1) a2) v1 where ss_store_sk = s_store_sk and ss_sold_date_sk = d_date_sk and d_qoy = 2 and d_year = 1998 and (substr(s_zip, 1, 2) =
substr(v1.ca_zip, 1, 2)) group by s_store_name order by s_store_name limit 100;

select case when (select count(*) from store_sales where ss_quantity between 1 and 20) > 500 then (select avg(ss_ext_discount_amt) from store_sales
where ss_quantity between 1 and 20) else (select avg(ss_net_paid) from store_sales where ss_quantity between 1 and 20) end bucket1, case when (select
count(*) from store_sales where ss_quantity between 21 and 40) > 5000 then 1 else 2 end from store where s_store_sk = 1;

select cd_gender, cd_marital_status, count(*) cnt1, max(cd_dep_count) from customer c, customer_address ca, customer_demographics where
c.c_current_addr_sk = ca.ca_address_sk and ca_county in ('county1', 'county2') and cd_demo_sk = c.c_current_cdemo_sk and exists (select * from
store_sales, date_dim where c.c_customer_sk = ss_customer_sk and ss_sold_date_sk = d_date_sk and d_year = 2000 and d_moy between 1 and 4) and (exists
(select * from web_sales, date_dim where c.c_customer_sk = ws_bill_customer_sk and ws_sold_date_sk = d_date_sk and d_year = 2000) or exists (select *
from catalog_sales, date_dim where c.c_customer_sk = cs_bill_customer_sk and cs_sold_date_sk = d_date_sk and d_year = 2000)) group by cd_gender,
cd_marital_status order by 1, 2 limit 100;

select i_item_id, i_item_desc, i_category, i_class, i_current_price, sum(ws_ext_sales_price) as itemrevenue, sum(ws_ext_sales_price) * 100 /
sum(sum(ws_ext_sales_price)) over (partition by i_class) as revenueratio from web_sales, item, date_dim where ws_item_sk = i_item_sk and i_category in
('cat1', 'cat2') and ws_sold_date_sk = d_date_sk and d_date between cast('1999-02-22' as date) and (cast('1999-02-22' as date) + interval '300' day)
group by i_item_id, i_item_desc, i_category, i_class, i_current_price order by i_category, i_class, i_item_id, i_item_desc, revenueratio limit 100;

select avg(ss_quantity), avg(ss_ext_sales_price), avg(ss_ext_wholesale_cost), sum(ss_ext_wholesale_cost) from store_sales, store,
customer_demographics, household_demographics, customer_address, date_dim where s_store_sk = ss_store_sk and ss_sold_date_sk = d_date_sk and d_year =
2001 and ((ss_hdemo_sk = hd_demo_sk and cd_demo_sk = ss_cdemo_sk and cd_marital_status = 'M' and cd_education_status = 'College' and ss_sales_price
between 1.00 and 150.00 and hd_dep_count = 3) or (ss_hdemo_sk = hd_demo_sk and cd_demo_sk = ss_cdemo_sk and cd_marital_status = 'S' and ss_sales_price
between 50.00 and 100.00 and hd_dep_count = 1)) and ((ss_addr_sk = ca_address_sk and ca_country = 'United States' and ca_state in ('TX', 'CA') and
ss_net_profit between 0 and 200) or (ss_addr_sk = ca_address_sk and ca_state = 'TN' and ss_net_profit between -50 and 300));

with cross_items as (select i_item_sk ss_item_sk from item, (select iss.i_brand_id brand_id, iss.i_class_id class_id, iss.i_category_id category_id
from store_sales, item iss, date_dim d1 where ss_item_sk = iss.i_item_sk and ss_sold_date_sk = d1.d_date_sk and d1.d_year between 1998 and 2000
intersect select ics.i_brand_id, ics.i_class_id, ics.i_category_id from catalog_sales, item ics, date_dim d2 where cs_item_sk = ics.i_item_sk and
cs_sold_date_sk = d2.d_date_sk and d2.d_year between 1998 and 2000 intersect select iws.i_brand_id, iws.i_class_id, iws.i_category_id from web_sales,
item iws, date_dim d3 where ws_item_sk = iws.i_item_sk and ws_sold_date_sk = d3.d_date_sk and d3.d_year between 1998 and 2000) x where i_brand_id =
brand_id and i_class_id = class_id and i_category_id = category_id), avg_sales as (select avg(quantity * list_price) average_sales from (select
ss_quantity quantity, ss_list_price list_price from store_sales, date_dim where ss_sold_date_sk = d_date_sk and d_year between 1998 and 2000 union all
select cs_quantity, cs_list_price from catalog_sales, date_dim where cs_sold_date_sk = d_date_sk and d_year between 1998 and 2000) x) select channel,
i_brand_id, i_class_id, i_category_id, sum(sales), sum(number_sales) from (select 'store' channel, i_brand_id, i_class_id, i_category_id,
sum(ss_quantity * ss_list_price) sales, count(*) number_sales from store_sales, item, date_dim where ss_item_sk in (select ss_item_sk from
cross_items) and ss_item_sk = i_item_sk and ss_sold_date_sk = d_date_sk and d_year = 2000 and d_moy = 11 group by i_brand_id, i_class_id,
i_category_id having sum(ss_quantity * ss_list_price) > (select average_sales from avg_sales) union all select 'catalog', i_brand_id, i_class_id,
i_category_id, sum(cs_quantity * cs_list_price), count(*) from catalog_sales, item, date_dim where cs_item_sk in (select ss_item_sk from cross_items)
and cs_item_sk = i_item_sk and cs_sold_date_sk = d_date_sk and d_year = 2000 and d_moy = 11 group by i_brand_id, i_class_id, i_category_id having
sum(cs_quantity * cs_list_price) > (select average_sales from avg_sales)) y group by rollup (channel, i_brand_id, i_class_id, i_category_id) order by
channel, i_brand_id, i_class_id, i_category_id limit 100;

select count(distinct cs_order_number) as order_count, sum(cs_ext_ship_cost), sum(cs_net_profit) from catalog_sales cs1, date_dim where d_date between
date '1999-02-01' and date '1999-12-31' and cs1.cs_ship_date_sk = d_date_sk and exists (select * from catalog_sales cs2 where cs1.cs_order_number =
cs2.cs_order_number and cs1.cs_warehouse_sk <> cs2.cs_warehouse_sk) and not exists (select * from store_returns where cs1.cs_order_number =
sr_ticket_number) order by count(distinct cs_order_number) limit 100;

select i_item_id, s_state, count(ss_quantity) as c, avg(ss_quantity) as a, stddev_samp(ss_quantity) as sd, stddev_samp(ss_quantity) / avg(ss_quantity)
as cov, count(sr_return_quantity), avg(sr_return_quantity) from store_sales, store_returns, catalog_sales, date_dim d1, date_dim d2, store, item where
d1.d_year = 2000 and d1.d_date_sk = ss_sold_date_sk and i_item_sk = ss_item_sk and s_store_sk = ss_store_sk and ss_customer_sk = sr_customer_sk and
ss_item_sk = sr_item_sk and ss_ticket_number = sr_ticket_number and sr_returned_date_sk = d2.d_date_sk and d2.d_year in (2000, 2001) and
sr_customer_sk = cs_bill_customer_sk group by i_item_id, s_state order by i_item_id, s_state limit 100;

select i_item_id, ca_country, ca_state, ca_county, avg(cast(cs_quantity as decimal(12,2))) agg1, avg(cast(cs_list_price as decimal(12,2))) agg2 from
catalog_sales, customer_demographics cd1, customer_demographics cd2, customer, customer_address, date_dim, item where cs_sold_date_sk = d_date_sk and
cs_item_sk = i_item_sk and cs_bill_cdemo_sk = cd1.cd_demo_sk and cs_bill_customer_sk = c_customer_sk and cd1.cd_gender = 'F' and c_current_cdemo_sk =
cd2.cd_demo_sk and c_current_addr_sk = ca_address_sk and c_birth_month in (1, 6, 8, 9, 12, 2) and d_year = 1998 group by rollup (i_item_id,
ca_country, ca_state, ca_county) order by ca_country, ca_state, ca_county, i_item_id limit 100;

select * from (select i_category, i_class, i_brand, i_product_name, d_year, d_qoy, d_moy, s_store_id, sumsales, rank() over (partition by i_category
order by sumsales desc) rk from (select i_category, i_class, i_brand, i_product_name, d_year, d_qoy, d_moy, s_store_id, sum(coalesce(ss_sales_price *
ss_quantity, 0)) sumsales from store_sales, date_dim, store, item where ss_sold_date_sk = d_date_sk and ss_item_sk = i_item_sk and ss_store_sk =
s_store_sk and d_month_seq between 1200 and 1200 + 11 group by rollup (i_category, i_class, i_brand, i_product_name, d_year, d_qoy, d_moy,
s_store_id)) dw1) dw2 where rk <= 10 order by i_category, i_class, i_brand, i_product_name, d_year, d_qoy, d_moy, s_store_id, sumsales, rk limit 60;

select sum(ss_net_profit) as total_sum, s_state, s_county, grouping(s_state) + grouping(s_county) as lochierarchy, rank() over (partition by
grouping(s_state) + grouping(s_county), case when grouping(s_county) = 0 then s_state end order by sum(ss_net_profit) desc) as rank_within_parent from
store_sales, date_dim d1, store where d1.d_month_seq between 1180 and 1191 and d1.d_date_sk = ss_sold_date_sk and s_store_sk = ss_store_sk and s_state
in (select s_state from (select s_state as s_state, rank() over (partition by s_state order by sum(ss_net_profit) desc) as ranking from store_sales,
store, date_dim where d_month_seq between 1180 and 1191 and d_date_sk = ss_sold_date_sk and s_store_sk = ss_store_sk group by s_state) tmp1 where
ranking <= 5) group by rollup (s_state, s_county) order by lochierarchy desc, case when grouping(s_state) + grouping(s_county) = 0 then s_state end,
rank_within_parent limit 100;

with v1 as (select i_category, i_brand, s_store_name, d_year, d_moy, sum(ss_sales_price) sum_sales, avg(sum(ss_sales_price)) over (partition by
i_category, i_brand, s_store_name, d_year) avg_monthly_sales, rank() over (partition by i_category, i_brand, s_store_name order by d_year, d_moy) rn
from item, store_sales, date_dim, store where ss_item_sk = i_item_sk and ss_sold_date_sk = d_date_sk and ss_store_sk = s_store_sk and (d_year = 1999
or (d_year = 1998 and d_moy = 12) or (d_year = 2000 and d_moy = 1)) group by i_category, i_brand, s_store_name, d_year, d_moy), v2 as (select
v1.i_category, v1.d_year, v1.d_moy, v1.avg_monthly_sales, v1.sum_sales, v1_lag.sum_sales psum, v1_lead.sum_sales nsum from v1, v1 v1_lag, v1 v1_lead
where v1.i_category = v1_lag.i_category and v1.i_category = v1_lead.i_category and v1.i_brand = v1_lag.i_brand and v1.i_brand = v1_lead.i_brand and
v1.s_store_name = v1_lag.s_store_name and v1.s_store_name = v1_lead.s_store_name and v1.rn = v1_lag.rn + 1 and v1.rn = v1_lead.rn - 1) select
i_category, d_year, d_moy, sum_sales, psum, nsum from v2 where d_year = 1999 and avg_monthly_sales > 0 and case when avg_monthly_sales > 0 then
abs(sum_sales - avg_monthly_sales) / avg_monthly_sales else null end > 0.1 order by sum_sales - avg_monthly_sales, 3, 1, 5, 6 limit 60;

with web_v1 as (select ws_item_sk item_sk, d_date, sum(sum(ws_sales_price)) over (partition by ws_item_sk order by d_date rows between unbounded
preceding and current row) cume_sales from web_sales, date_dim where ws_sold_date_sk = d_date_sk and d_month_seq between 1180 and 1191 group by
ws_item_sk, d_date), store_v1 as (select ss_item_sk item_sk, d_date, sum(sum(ss_sales_price)) over (partition by ss_item_sk order by d_date rows
between unbounded preceding and current row) cume_sales from store_sales, date_dim where ss_sold_date_sk = d_date_sk and d_month_seq between 1180 and
1191 group by ss_item_sk, d_date) select * from (select item_sk, d_date, web_sales, store_sales, max(web_sales) over (partition by item_sk order by
d_date rows between unbounded preceding and current row) web_cumulative, max(store_sales) over (partition by item_sk order by d_date rows between
unbounded preceding and current row) store_cumulative from (select case when web.item_sk is not null then web.item_sk else store.item_sk end item_sk,
case when web.d_date is not null then web.d_date else store.d_date end d_date, web.cume_sales web_sales, store.cume_sales store_sales from web_v1 web
full outer join store_v1 store on (web.item_sk = store.item_sk and web.d_date = store.d_date)) x) y where web_cumulative > store_cumulative order by
item_sk, d_date limit 100;

select promotions, total, cast(promotions as decimal(15,4)) / cast(total as decimal(15,4)) * 100 from (select sum(ss_ext_sales_price) promotions from
store_sales, store, promotion, date_dim, item where ss_sold_date_sk = d_date_sk and ss_store_sk = s_store_sk and ss_promo_sk = p_promo_sk and
ss_item_sk = i_item_sk and (p_channel_dmail = 'Y' or p_channel_email = 'Y' or p_channel_tv = 'Y') and d_year = 1998) promotional_sales, (select
sum(ss_ext_sales_price) total from store_sales, store, date_dim, item where ss_sold_date_sk = d_date_sk and ss_store_sk = s_store_sk and ss_item_sk =
i_item_sk and d_year = 1998) all_sales order by promotions, total limit 100;

select c_last_name, c_first_name, c_salutation, ss_ticket_number, cnt from (select ss_ticket_number, ss_customer_sk, count(*) cnt from store_sales,
date_dim, store, household_demographics where ss_sold_date_sk = d_date_sk and ss_store_sk = s_store_sk and ss_hdemo_sk = hd_demo_sk and (d_dom between
1 and 3 or d_dom between 25 and 28) and (hd_buy_potential = '>10000' or hd_buy_potential = 'Unknown') and hd_vehicle_count > 0 and (case when
hd_vehicle_count > 0 then hd_dep_count * 1.000 / hd_vehicle_count else null end) > 1.2 and d_year in (1999, 2000, 2001) group by ss_ticket_number,
ss_customer_sk) dn, customer where ss_customer_sk = c_customer_sk and cnt between 1 and 20 order by c_last_name, c_first_name, c_salutation,
ss_ticket_number desc limit 100;

select count(*) from (select distinct c_last_name, c_first_name, d_date from store_sales, date_dim, customer where ss_sold_date_sk = d_date_sk and
ss_customer_sk = c_customer_sk and d_month_seq between 1180 and 1191 intersect select distinct c_last_name, c_first_name, d_date from catalog_sales,
date_dim, customer where cs_sold_date_sk = d_date_sk and cs_bill_customer_sk = c_customer_sk and d_month_seq between 1180 and 1191) hot_cust;

select count(*) from ((select distinct c_last_name, c_first_name, d_date from store_sales, date_dim, customer where ss_sold_date_sk = d_date_sk and
ss_customer_sk = c_customer_sk) except (select distinct c_last_name, c_first_name, d_date from catalog_sales, date_dim, customer where cs_sold_date_sk
= d_date_sk and cs_bill_customer_sk = c_customer_sk) except (select distinct c_last_name, c_first_name, d_date from web_sales, date_dim, customer
where ws_sold_date_sk = d_date_sk and ws_bill_customer_sk = c_customer_sk)) cool_cust;

select asceding.rnk, i1.i_product_name best, i2.i_product_name worst from (select * from (select item_sk, rank() over (order by rank_col asc, item_sk)
rnk from (select ss_item_sk item_sk, avg(ss_net_profit) rank_col from store_sales ss1 where ss_store_sk = 4 group by ss_item_sk having
avg(ss_net_profit) > 0.5 * (select avg(ss_net_profit) rank_col from store_sales where ss_store_sk = 4 and ss_addr_sk is not null group by
ss_store_sk)) v1) v11 where rnk < 11) asceding, (select * from (select item_sk, rank() over (order by rank_col desc, item_sk) rnk from (select
ss_item_sk item_sk, avg(ss_net_profit) rank_col from store_sales ss1 where ss_store_sk = 4 group by ss_item_sk) v2) v21 where rnk < 11) descending,
item i1, item i2 where asceding.rnk = descending.rnk and i1.i_item_sk = asceding.item_sk and i2.i_item_sk = descending.item_sk order by asceding.rnk
limit 100;

select c_customer_sk from customer where c_customer_sk in (select ss_customer_sk from store_sales where ss_customer_sk is not null group by
ss_customer_sk having sum(ss_quantity * ss_sales_price) > 0.5 * (select max(csales) from (select sum(ss_quantity * ss_sales_price) csales from
store_sales, date_dim where ss_sold_date_sk = d_date_sk group by ss_customer_sk) x)) order by 1;

select s_store_name, i_item_desc, sc.revenue, i_current_price from store, item, (select ss_store_sk, avg(revenue) as ave from (select ss_store_sk,
ss_item_sk, sum(ss_sales_price) as revenue from store_sales, date_dim where ss_sold_date_sk = d_date_sk and d_month_seq between 1176 and 1187 group by
ss_store_sk, ss_item_sk) sa group by ss_store_sk) sb, (select ss_store_sk, ss_item_sk, sum(ss_sales_price) as revenue from store_sales, date_dim where
ss_sold_date_sk = d_date_sk and d_month_seq between 1176 and 1187 group by ss_store_sk, ss_item_sk) sc where sb.ss_store_sk = sc.ss_store_sk and
sc.revenue <= 0.1 * sb.ave and s_store_sk = sc.ss_store_sk and i_item_sk = sc.ss_item_sk order by s_store_name, i_item_desc, 3, 4 limit 100;

select * from (select count(*) h8 from store_sales, household_demographics, store where ss_hdemo_sk = hd_demo_sk and ss_store_sk = s_store_sk and
ss_sold_time_sk between 30000 and 32000 and ((hd_dep_count = 4 and hd_vehicle_count <= 6) or (hd_dep_count = 2 and hd_vehicle_count <= 4)) and
s_store_name = 'ese') s1, (select count(*) h9 from store_sales, household_demographics, store where ss_hdemo_sk = hd_demo_sk and ss_store_sk =
s_store_sk and ss_sold_time_sk between 32001 and 36000 and hd_dep_count = 4 and s_store_name = 'ese') s2;

with ssci as (select ss_customer_sk customer_sk, ss_item_sk item_sk from store_sales, date_dim where ss_sold_date_sk = d_date_sk and d_month_seq
between 1180 and 1191 group by ss_customer_sk, ss_item_sk), csci as (select cs_bill_customer_sk customer_sk, cs_item_sk item_sk from catalog_sales,
date_dim where cs_sold_date_sk = d_date_sk and d_month_seq between 1180 and 1191 group by cs_bill_customer_sk, cs_item_sk) select sum(case when
ssci.customer_sk is not null and csci.customer_sk is null then 1 else 0 end) store_only, sum(case when ssci.customer_sk is null and csci.customer_sk
is not null then 1 else 0 end) catalog_only, sum(case when ssci.customer_sk is not null and csci.customer_sk is not null then 1 else 0 end) both_ from
ssci full outer join csci on (ssci.customer_sk = csci.customer_sk and ssci.item_sk = csci.item_sk) limit 100;

select distinct (i_product_name) from item i1 where i_manufact_id between 8 and 38 and (select count(*) as item_cnt from item where (i_manufact =
i1.i_manufact and ((i_category = 'cat1' and (i_color = 'color1' or i_color = 'color2') and (i_units = 'unit1' or i_units = 'unit2') and (i_size =
'medium' or i_size = 'large')) or (i_category = 'cat2' and i_color = 'color3')))) > 0 order by i_product_name limit 100;

select i_manufact_id, sum_sales, avg_quarterly_sales from (select i_manufact_id, sum(ss_sales_price) sum_sales, avg(sum(ss_sales_price)) over
(partition by i_manufact_id) avg_quarterly_sales from item, store_sales, date_dim, store where ss_item_sk = i_item_sk and ss_sold_date_sk = d_date_sk
and ss_store_sk = s_store_sk and d_month_seq in (1176, 1177, 1178, 1179, 1180) group by i_manufact_id, d_qoy) tmp1 where case when avg_quarterly_sales
> 0 then abs(sum_sales - avg_quarterly_sales) / avg_quarterly_sales else null end > 0.1 order by avg_quarterly_sales, sum_sales, i_manufact_id limit
100;

select sum(ss_net_profit) / sum(ss_ext_list_price) as margin, i_category, i_class, grouping(i_category) + grouping(i_class) as level, rank() over
(partition by grouping(i_category) + grouping(i_class), case when grouping(i_class) = 0 then i_category end order by sum(ss_net_profit) /
sum(ss_ext_list_price)) as place from store_sales join item on i_item_sk = ss_item_sk join store on s_store_sk = ss_store_sk where s_state = 'TN'
group by rollup (i_category, i_class) having sum(ss_ext_list_price) > 0 order by level desc, i_category, place, i_class;

select i_product_name, i_brand, i_class, i_category, avg(ss_quantity) as quantity, count(ss_promo_sk) as n, min(i_color) as color, max(ss_net_profit)
as most from store_sales join date_dim on ss_sold_date_sk = d_date_sk join item on ss_item_sk = i_item_sk where d_moy between 2 and 9 group by rollup
(i_product_name, i_brand, i_class, i_category) order by quantity, i_product_name, i_brand, i_class, i_category limit 100;

with yearly as (select 's' as channel, c_customer_id as id, d_year, sum(ss_ext_list_price - ss_ext_discount_amt) as total from customer join
store_sales on c_customer_sk = ss_customer_sk join date_dim on ss_sold_date_sk = d_date_sk group by c_customer_id, d_year union all select 'w',
c_customer_id, d_year, sum(ws_ext_sales_price) from customer join web_sales on c_customer_sk = ws_bill_customer_sk join date_dim on ws_sold_date_sk =
d_date_sk group by c_customer_id, d_year) select s.id, s.total, w.total, n.total from yearly s join yearly w on s.id = w.id and s.d_year = w.d_year
left join yearly n on n.id = s.id and n.d_year = s.d_year + 1 and n.channel = 'w' where s.channel = 's' and w.channel = 'w' and w.total > s.total / 20
order by s.id, s.total;
