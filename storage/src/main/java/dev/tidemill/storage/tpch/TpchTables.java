package dev.tidemill.storage.tpch;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.Table;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * TPC-H's eight tables with the specification's types: keys BIGINT, money and quantities
 * DECIMAL(15,2). Rows are those of DuckDB's generator, which are those of TPC's but for addresses
 * and comments.
 */
final class TpchTables {
  private static final Map<String, List<String>> KEYS =
      Map.of(
          "customer", List.of("c_custkey"),
          "lineitem", List.of("l_orderkey", "l_linenumber"),
          "nation", List.of("n_nationkey"),
          "orders", List.of("o_orderkey"),
          "part", List.of("p_partkey"),
          "partsupp", List.of("ps_partkey", "ps_suppkey"),
          "region", List.of("r_regionkey"),
          "supplier", List.of("s_suppkey"));

  static final Set<String> NAMES = KEYS.keySet();

  private static final Type MONEY = new Type.Decimal(15, 2);
  private static final int NATIONS = 25;
  private static final int REGIONS = 5;
  private static final double LINES_PER_ORDER = 6_001_215 / 1_500_000.0;

  private TpchTables() {}

  /** A column and what opens it at a base row. */
  record Column(String name, Type type, LongFunction<ColumnSource> source) {}

  static List<String> primaryKey(String name) {
    return KEYS.getOrDefault(name, List.of());
  }

  /** The table {@code name}, one of {@link #NAMES}. */
  static Table open(String name, TpchScale scale) {
    List<Column> columns = columns(name, scale);
    return switch (name) {
      case "customer" -> table(columns, scale.customers(), 1);
      case "lineitem" ->
          new GeneratedTpchTable(columns, scale.orders(), LINES_PER_ORDER, LineCounts::ofOrders);
      case "nation" -> table(columns, NATIONS, 1);
      case "orders" -> table(columns, scale.orders(), 1);
      case "part" -> table(columns, scale.parts(), 1);
      case "partsupp" -> table(columns, scale.parts(), OrderSources.SUPPLIERS_PER_PART);
      case "region" -> table(columns, REGIONS, 1);
      case "supplier" -> table(columns, scale.suppliers(), 1);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Table table(List<Column> columns, long baseRows, int lines) {
    return new GeneratedTpchTable(columns, baseRows, lines, first -> LineCounts.always(lines));
  }

  /** The columns of table {@code name}. */
  static List<Column> columns(String name, TpchScale scale) {
    return switch (name) {
      case "customer" -> customer();
      case "lineitem" -> lineitem(scale);
      case "nation" -> nation();
      case "orders" -> orders(scale);
      case "part" -> part();
      case "partsupp" -> partsupp(scale);
      case "region" -> region();
      case "supplier" -> supplier();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static List<Column> region() {
    return List.of(
        new Column("r_regionkey", Type.BIGINT, first -> ColumnSource.ofRow(row -> row)),
        new Column("r_name", varchar(25), first -> ColumnSource.listed(WordList.of("regions"))),
        new Column("r_comment", varchar(152), first -> comment(1500869201, first, 72)));
  }

  private static List<Column> nation() {
    return List.of(
        new Column("n_nationkey", Type.BIGINT, first -> ColumnSource.ofRow(row -> row)),
        new Column("n_name", varchar(25), first -> ColumnSource.listed(WordList.of("nations"))),
        new Column(
            "n_regionkey", Type.BIGINT, first -> ColumnSource.ofRow(TpchTables::regionOfNation)),
        new Column("n_comment", varchar(152), first -> comment(606179079, first, 72)));
  }

  /** A nation's weight in the list is its region's number less that of the nation before. */
  private static long regionOfNation(long nation) {
    return WordList.of("nations").cumulativeWeight((int) nation);
  }

  private static List<Column> supplier() {
    return List.of(
        new Column("s_suppkey", Type.BIGINT, first -> ColumnSource.ofRow(row -> row + 1)),
        new Column("s_name", varchar(25), first -> TextSources.numbered("Supplier#")),
        new Column(
            "s_address",
            varchar(40),
            first -> TextSources.address(new RandomStream(706178559, 9, first))),
        new Column("s_nationkey", Type.BIGINT, first -> uniform(110356601, first, 0, NATIONS - 1)),
        new Column("s_phone", varchar(15), first -> phone(110356601, 884434366, first)),
        new Column("s_acctbal", MONEY, first -> uniform(962338209, first, -99_999, 999_999)),
        new Column("s_comment", varchar(101), TpchTables::supplierComment));
  }

  private static ColumnSource supplierComment(long first) {
    return TextSources.supplierComment(
        new RandomStream(1341315363, 2, first),
        new TextSources.Remarks(
            new RandomStream(202794285, 1, first),
            new RandomStream(263032577, 1, first),
            new RandomStream(715851524, 1, first),
            new RandomStream(753643799, 1, first)));
  }

  private static List<Column> customer() {
    return List.of(
        new Column("c_custkey", Type.BIGINT, first -> ColumnSource.ofRow(row -> row + 1)),
        new Column("c_name", varchar(25), first -> TextSources.numbered("Customer#")),
        new Column(
            "c_address",
            varchar(40),
            first -> TextSources.address(new RandomStream(881155353, 9, first))),
        new Column("c_nationkey", Type.BIGINT, first -> uniform(1489529863, first, 0, NATIONS - 1)),
        new Column("c_phone", varchar(15), first -> phone(1489529863, 1521138112, first)),
        new Column("c_acctbal", MONEY, first -> uniform(298370230, first, -99_999, 999_999)),
        new Column("c_mktsegment", varchar(10), first -> words(1140279430, first, "msegmnt")),
        new Column("c_comment", varchar(117), first -> comment(1335826707, first, 73)));
  }

  private static List<Column> part() {
    return List.of(
        new Column("p_partkey", Type.BIGINT, first -> ColumnSource.ofRow(row -> row + 1)),
        new Column("p_name", varchar(55), TpchTables::partName),
        new Column("p_mfgr", varchar(25), first -> TextSources.manufacturer(manufacturers(first))),
        new Column("p_brand", varchar(10), TpchTables::brand),
        new Column("p_type", varchar(25), first -> words(1841581359, first, "p_types")),
        new Column("p_size", Type.INTEGER, first -> uniform(1193163244, first, 1, 50)),
        new Column("p_container", varchar(10), first -> words(727633698, first, "p_cntr")),
        new Column(
            "p_retailprice",
            MONEY,
            first -> ColumnSource.ofRow(row -> OrderSources.partPrice(row + 1))),
        new Column("p_comment", varchar(23), first -> comment(804159733, first, 14)));
  }

  private static ColumnSource partName(long first) {
    WordList colors = WordList.of("colors");
    return TextSources.partName(new RandomStream(709314158, colors.size(), first), colors);
  }

  private static ColumnSource brand(long first) {
    return TextSources.brand(manufacturers(first), new RandomStream(46831694, 1, first));
  }

  private static RandomStream manufacturers(long first) {
    return new RandomStream(1, 1, first);
  }

  private static List<Column> partsupp(TpchScale scale) {
    int lines = OrderSources.SUPPLIERS_PER_PART;
    return List.of(
        new Column("ps_partkey", Type.BIGINT, first -> ColumnSource.ofRow(row -> row + 1)),
        new Column("ps_suppkey", Type.BIGINT, first -> OrderSources.suppliersOfPart(scale)),
        new Column(
            "ps_availqty",
            Type.INTEGER,
            first -> ColumnSource.uniform(new RandomStream(1671059989, lines, first), 1, 9999, 1)),
        new Column(
            "ps_supplycost",
            MONEY,
            first ->
                ColumnSource.uniform(new RandomStream(1051288424, lines, first), 100, 100_000, 1)),
        new Column(
            "ps_comment",
            varchar(199),
            first -> TextSources.comment(new RandomStream(1961692154, 2 * lines, first), 124)));
  }

  private static List<Column> orders(TpchScale scale) {
    return List.of(
        new Column("o_orderkey", Type.BIGINT, first -> ColumnSource.ofRow(OrderSources::orderKey)),
        new Column("o_custkey", Type.BIGINT, first -> at(scale, first).customer()),
        new Column("o_orderstatus", varchar(1), first -> at(scale, first).orderStatus()),
        new Column("o_totalprice", MONEY, first -> at(scale, first).totalPrice()),
        new Column("o_orderdate", Type.DATE, first -> at(scale, first).orderDate()),
        new Column("o_orderpriority", varchar(15), first -> words(591449447, first, "o_oprio")),
        new Column(
            "o_clerk",
            varchar(15),
            first ->
                TextSources.numbered(
                    "Clerk#", new RandomStream(1171034773, 1, first), scale.clerks())),
        new Column("o_shippriority", Type.INTEGER, first -> ColumnSource.ofRow(row -> 0)),
        new Column("o_comment", varchar(79), first -> comment(276090261, first, 49)));
  }

  private static List<Column> lineitem(TpchScale scale) {
    return List.of(
        new Column("l_orderkey", Type.BIGINT, first -> ColumnSource.ofRow(OrderSources::orderKey)),
        new Column("l_partkey", Type.BIGINT, first -> at(scale, first).part()),
        new Column("l_suppkey", Type.BIGINT, first -> at(scale, first).lineSupplier()),
        new Column("l_linenumber", Type.INTEGER, first -> OrderSources.lineNumber()),
        new Column("l_quantity", MONEY, first -> at(scale, first).quantity()),
        new Column("l_extendedprice", MONEY, first -> at(scale, first).extendedPrice()),
        new Column("l_discount", MONEY, first -> at(scale, first).discount()),
        new Column("l_tax", MONEY, first -> at(scale, first).tax()),
        new Column("l_returnflag", varchar(1), first -> at(scale, first).returnFlag()),
        new Column("l_linestatus", varchar(1), first -> at(scale, first).lineStatus()),
        new Column("l_shipdate", Type.DATE, first -> at(scale, first).shipDate()),
        new Column("l_commitdate", Type.DATE, first -> at(scale, first).commitDate()),
        new Column("l_receiptdate", Type.DATE, first -> at(scale, first).receiptDate()),
        new Column(
            "l_shipinstruct",
            varchar(25),
            first -> at(scale, first).lineWords(1371272478, "instruct")),
        new Column(
            "l_shipmode", varchar(10), first -> at(scale, first).lineWords(675466456, "smode")),
        new Column("l_comment", varchar(44), first -> at(scale, first).lineComment()));
  }

  private static OrderSources at(TpchScale scale, long firstOrder) {
    return new OrderSources(scale, firstOrder);
  }

  private static ColumnSource uniform(long seed, long first, long low, long high) {
    return ColumnSource.uniform(new RandomStream(seed, 1, first), low, high, 1);
  }

  private static ColumnSource words(long seed, long first, String list) {
    return ColumnSource.words(new RandomStream(seed, 1, first), WordList.of(list));
  }

  private static ColumnSource comment(long seed, long first, int averageLength) {
    return TextSources.comment(new RandomStream(seed, 2, first), averageLength);
  }

  private static ColumnSource phone(long nationSeed, long numberSeed, long first) {
    return TextSources.phone(
        new RandomStream(nationSeed, 1, first), NATIONS, new RandomStream(numberSeed, 3, first));
  }

  private static Type varchar(int length) {
    return new Type.Varchar(length);
  }
}
