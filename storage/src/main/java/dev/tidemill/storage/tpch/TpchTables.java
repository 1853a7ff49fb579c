package dev.tidemill.storage.tpch;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.Table;
import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchColumnType;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** TPC-H's eight tables with the specification's types: keys BIGINT, money and quantities DECIMAL(15,2). */
final class TpchTables {
  static final Set<String> NAMES =
      Set.of("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier");

  /** Columns whose generator counts hundredths. */
  private static final Set<String> DECIMALS =
      Set.of(
          "l_quantity",
          "l_extendedprice",
          "l_discount",
          "l_tax",
          "o_totalprice",
          "c_acctbal",
          "s_acctbal",
          "p_retailprice",
          "ps_supplycost");

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

  private static final Map<String, Double> ROWS =
      Map.of(
          "customer", 150_000.0,
          "lineitem", 6_001_215.0,
          "orders", 1_500_000.0,
          "part", 200_000.0,
          "partsupp", 800_000.0,
          "supplier", 10_000.0);

  private TpchTables() {}

  static List<String> primaryKey(String name) {
    return KEYS.getOrDefault(name, List.of());
  }

  static Table open(String name, double scale) {
    return open(TpchTable.getTable(name), scale);
  }

  private static <E extends TpchEntity> Table open(TpchTable<E> table, double scale) {
    List<GeneratedTpchTable.GeneratedColumn<E>> columns = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    for (TpchColumn<E> column : table.getColumns()) {
      Type type = type(column);
      fields.add(ArrowTypes.field(column.getColumnName(), type, false));
      columns.add(new GeneratedTpchTable.GeneratedColumn<>(column, type));
    }
    Double rows = ROWS.get(table.getTableName());
    double count = rows == null ? (table == TpchTable.NATION ? 25 : 5) : Math.floor(rows * scale);
    return new GeneratedTpchTable<>(table, scale, new Schema(fields), columns, count);
  }

  private static Type type(TpchColumn<?> column) {
    if (DECIMALS.contains(column.getColumnName())) {
      return new Type.Decimal(15, 2);
    }
    TpchColumnType type = column.getType();
    return switch (type.getBase()) {
      case IDENTIFIER -> Type.BIGINT;
      case INTEGER -> Type.INTEGER;
      case DATE -> Type.DATE;
      case DOUBLE -> new Type.Decimal(15, 2);
      case VARCHAR -> new Type.Varchar(type.getPrecision().map(Long::intValue).orElse(Type.Varchar.UNBOUNDED));
    };
  }
}
