package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.Selects;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the queries of WITH RECURSIVE that name themselves, each for itself before the query
 * around it, and puts a table of the same rows in its place:
 *
 * <pre>
 *   WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x &lt; 9) SELECT * FROM r
 *
 *   first                SELECT 1
 *   working table        the rows of the round before, with the types of first
 *   next                 WITH r(x) AS (SELECT * FROM working table) SELECT x + 1 FROM r WHERE x &lt; 9
 *   in its place         WITH r(x) AS (SELECT * FROM recursive table) SELECT * FROM r
 * </pre>
 */
final class RecursiveQueries {
  private static final String TABLE = "$recursive";
  private static final String WORKING_TABLE = "$working";

  private final RelDataTypeFactory factory;
  private final Function<SqlNode, SqlCompiler.Query> compiler;
  private final Collection<CatalogTable> tables;
  private final int number;

  /**
   * @param compiler compiles the parts, which may name tables added to {@code tables}
   * @param number of the recursion within the statement
   */
  RecursiveQueries(
      RelDataTypeFactory factory,
      Function<SqlNode, SqlCompiler.Query> compiler,
      Collection<CatalogTable> tables,
      int number) {
    this.factory = factory;
    this.compiler = compiler;
    this.tables = tables;
    this.number = number;
  }

  /** Whether the query names itself. */
  static boolean isRecursive(SqlWithItem item) {
    return !new RecursiveReference(item.name.getSimple()).in(item.query).isEmpty();
  }

  /**
   * Compiles the query of {@code item} and puts another in its place.
   *
   * @param visible the WITH queries that it may name, in order
   */
  void compile(SqlWithItem item, Collection<SqlWithItem> visible) {
    String name = item.name.getSimple();
    refuseParameters(item.query);
    Parts parts = parts(item, new RecursiveReference(name));
    SqlCompiler.Query first = compiler.apply(with(visible, null, union(parts.first)));
    RelDataType row = row(item, first);
    CatalogTable working =
        new CatalogTable(
            WORKING_TABLE + number,
            null,
            row,
            new WorkingTableRelation(first.relation().getCluster(), row, number));
    tables.add(working);
    SqlWithItem own =
        new SqlWithItem(
            item.getParserPosition(),
            item.name,
            null,
            all(WORKING_TABLE, item.name.getParserPosition()),
            SqlLiteral.createBoolean(false, item.getParserPosition()));
    SqlCompiler.Query next = compiler.apply(with(visible, own, union(parts.next)));
    tables.remove(working);
    checkRows(name, next.relation(), number, position(parts.next.get(0)));
    checkTypes(name, row, next, position(parts.next.get(0)));
    tables.add(
        new CatalogTable(
            TABLE + number,
            null,
            row,
            new RecursiveRelation(first.relation(), next.relation(), row, number, parts.distinct)));
    item.query = all(TABLE, item.query.getParserPosition());
    item.columnList = null;
  }

  /** Refuses what is made of several rows, however it was written. */
  private static void checkRows(
      String name, RelNode relation, int number, @Nullable SourcePosition position) {
    if (!readsWorkingTable(relation, number)) {
      return;
    }
    if (relation instanceof Aggregate aggregate && !aggregate.getAggCallList().isEmpty()) {
      throw PlannerErrors.recursiveReference(name, "in a query with an aggregate", position);
    }
    if (relation instanceof Project project && project.containsOver()) {
      throw PlannerErrors.recursiveReference(name, "in a query with OVER", position);
    }
    relation.getInputs().forEach(input -> checkRows(name, input, number, position));
  }

  private static boolean readsWorkingTable(RelNode relation, int number) {
    return relation instanceof WorkingTableRelation table && table.number() == number
        || relation.getInputs().stream().anyMatch(input -> readsWorkingTable(input, number));
  }

  private static void refuseParameters(SqlNode query) {
    query.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public @Nullable Void visit(SqlDynamicParam parameter) {
            throw PlannerErrors.unsupported(
                "PARAMETER_IN_RECURSION", "a parameter in WITH RECURSIVE", position(parameter));
          }
        });
  }

  /** The parts of a UNION that do not name the query and those that do. */
  private record Parts(List<SqlNode> first, List<SqlNode> next, boolean distinct) {}

  private static Parts parts(SqlWithItem item, RecursiveReference reference) {
    String name = item.name.getSimple();
    if (item.query.getKind() == SqlKind.ORDER_BY) {
      throw PlannerErrors.recursiveReference(name, "below ORDER BY or LIMIT", position(item.query));
    }
    if (item.query.getKind() == SqlKind.WITH) {
      throw PlannerErrors.unsupported(
          "WITH_IN_RECURSION",
          "WITH around the query of WITH RECURSIVE " + name,
          position(item.query));
    }
    if (item.query.getKind() != SqlKind.UNION) {
      throw PlannerErrors.recursionWithoutUnion(name, position(reference.in(item.query).get(0)));
    }
    boolean distinct = !isAll(item.query);
    Parts parts = new Parts(new ArrayList<>(), new ArrayList<>(), distinct);
    List<SqlNode> all = new ArrayList<>();
    flatten(item.query, !distinct, all);
    for (SqlNode part : all) {
      if (reference.in(part).isEmpty()) {
        parts.first.add(part);
      } else {
        reference.check(part);
        parts.next.add(part);
      }
    }
    if (parts.first.isEmpty()) {
      throw PlannerErrors.recursionWithoutBeginning(
          name, position(reference.in(item.query).get(0)));
    }
    return parts;
  }

  private static boolean isAll(SqlNode union) {
    return ((SqlSetOperator) ((SqlCall) union).getOperator()).isAll();
  }

  /** The operands of UNIONs of one kind that are written one behind the other. */
  private static void flatten(SqlNode node, boolean all, List<SqlNode> parts) {
    if (node.getKind() == SqlKind.UNION && isAll(node) == all) {
      SqlCall union = (SqlCall) node;
      flatten(union.operand(0), all, parts);
      parts.add(union.operand(1));
    } else {
      parts.add(node);
    }
  }

  private static SqlNode union(List<SqlNode> parts) {
    SqlNode union = SqlCompiler.copy(parts.get(0));
    for (SqlNode part : parts.subList(1, parts.size())) {
      union =
          SqlStdOperatorTable.UNION_ALL.createCall(
              part.getParserPosition(), union, SqlCompiler.copy(part));
    }
    return union;
  }

  private static SqlNode with(
      Collection<SqlWithItem> visible, @Nullable SqlWithItem own, SqlNode body) {
    List<SqlNode> items = new ArrayList<>();
    for (SqlWithItem item : visible) {
      boolean isHidden =
          own != null && own.name.getSimple().equalsIgnoreCase(item.name.getSimple());
      if (!isHidden) {
        items.add(SqlCompiler.copy(item));
      }
    }
    if (own != null) {
      items.add(own);
    }
    SqlParserPos position = body.getParserPosition();
    return items.isEmpty() ? body : new SqlWith(position, new SqlNodeList(items, position), body);
  }

  private SqlNode all(String table, SqlParserPos position) {
    return Selects.all(new SqlIdentifier(table + number, position), position);
  }

  /** The columns, of the types of the first rows; those of the next may be NULL. */
  private RelDataType row(SqlWithItem item, SqlCompiler.Query first) {
    String name = item.name.getSimple();
    List<String> names = first.names();
    if (item.columnList != null) {
      names = item.columnList.stream().map(column -> ((SqlIdentifier) column).getSimple()).toList();
      if (names.size() != first.names().size()) {
        throw PlannerErrors.recursionColumns(
            name, names.size(), first.names().size(), position(item.columnList));
      }
    }
    List<RelDataType> types = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Type type = type(first, i, name, position(item));
      if (type instanceof Type.Null) {
        throw PlannerErrors.recursionNull(name, names.get(i), position(item));
      }
      types.add(RelTypes.toRel(factory, unbounded(type), true));
    }
    return factory.createStructType(types, names);
  }

  private static Type type(
      SqlCompiler.Query query, int column, String name, @Nullable SourcePosition position) {
    RelDataTypeField field = query.relation().getRowType().getFieldList().get(column);
    Type type = RelTypes.fromRel(field.getType());
    if (type == null) {
      throw PlannerErrors.unsupported(
          "type " + RelTypes.name(field.getType()) + " in " + name, position);
    }
    return type;
  }

  /** Texts may grow from round to round. */
  private static Type unbounded(Type type) {
    return switch (type) {
      case Type.Varchar t -> Type.VARCHAR;
      case Type.Array t -> new Type.Array(unbounded(t.element()));
      case Type.MapType t -> new Type.MapType(unbounded(t.key()), unbounded(t.value()));
      case Type.Row t ->
          new Type.Row(
              t.fields().stream()
                  .map(f -> new Type.RowField(f.name(), unbounded(f.type())))
                  .toList());
      default -> type;
    };
  }

  private static void checkTypes(
      String name, RelDataType row, SqlCompiler.Query next, @Nullable SourcePosition position) {
    int columns = row.getFieldCount();
    if (next.names().size() != columns) {
      throw PlannerErrors.recursionColumns(name, columns, next.names().size(), position);
    }
    for (int i = 0; i < columns; i++) {
      Type to = type(row, i);
      Type from = unbounded(type(next, i, name, position));
      if (!fits(from, to)) {
        throw PlannerErrors.recursionType(
            name, row.getFieldNames().get(i), to, from, next.position(i));
      }
    }
  }

  private static Type type(RelDataType row, int column) {
    Type type = RelTypes.fromRel(row.getFieldList().get(column).getType());
    return type == null ? Type.NULL : type;
  }

  /** Whether values keep all they say, but for numbers that are too large, which are errors. */
  private static boolean fits(Type from, Type to) {
    return from.equals(to)
        || from instanceof Type.Null
        || switch (to) {
          case Type.Int t ->
              from instanceof Type.Int || from instanceof Type.Decimal d && d.scale() == 0;
          case Type.Decimal t ->
              from instanceof Type.Int || from instanceof Type.Decimal d && d.scale() <= t.scale();
          case Type.DoubleType t ->
              from instanceof Type.Int || from instanceof Type.Real || from instanceof Type.Decimal;
          case Type.Timestamp t ->
              from instanceof Type.Date
                  || from instanceof Type.Timestamp f && f.precision() <= t.precision();
          case Type.Time t -> from instanceof Type.Time f && f.precision() <= t.precision();
          default -> false;
        };
  }

  private static @Nullable SourcePosition position(SqlNode node) {
    return Positions.of(node.getParserPosition());
  }
}
