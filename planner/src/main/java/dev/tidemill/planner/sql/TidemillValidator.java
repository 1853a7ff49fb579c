package dev.tidemill.planner.sql;

import com.google.common.collect.ImmutableSet;
import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlStarReplace;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeCoercionRule;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql.validate.DelegatingScope;
import org.apache.calcite.sql.validate.SelectScope;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/** Calcite's validator with our types, functions and conditions. */
final class TidemillValidator extends SqlValidatorImpl {
  private static final SqlTypeMappingRule CASTS = casts();

  private static final int MANY_COLUMNS = 64;

  /** Where EXCLUDE is among the operands of a window. */
  private static final int EXCLUDE = 8;

  private final Map<SqlSelect, Aggregation> aggregations = new IdentityHashMap<>();
  private final Map<SqlSelect, List<String>> written = new IdentityHashMap<>();

  TidemillValidator(
      SqlOperatorTable functions, Prepare.CatalogReader catalog, RelDataTypeFactory factory) {
    super(
        functions,
        catalog,
        factory,
        Config.DEFAULT
            .withConformance(SqlConformanceEnum.LENIENT)
            .withDefaultNullCollation(NullCollation.LAST)
            .withTypeCoercionEnabled(true)
            .withTypeCoercionFactory(Coercion::new));
  }

  /**
   * Whether the query aggregates. Calcite asks it once for each column of the result and looks at
   * all of them each time; what stands in a list of many is remembered.
   */
  @Override
  public boolean isAggregate(SqlSelect select) {
    SqlNodeList items = select.getSelectList();
    if (items.size() < MANY_COLUMNS) {
      return super.isAggregate(select);
    }
    Aggregation known = aggregations.get(select);
    if (known == null || known.items != items || known.size != items.size()) {
      known = new Aggregation(items, items.size(), super.isAggregate(select));
      aggregations.put(select, known);
    }
    return known.isOne;
  }

  /** What is known of a query that has these items. */
  private record Aggregation(SqlNodeList items, int size, boolean isOne) {}

  /** Casts as Calcite has them, and between truth values and integers. */
  @Override
  public SqlTypeMappingRule getTypeMappingRule() {
    return CASTS;
  }

  private static SqlTypeMappingRule casts() {
    Map<SqlTypeName, ImmutableSet<SqlTypeName>> casts =
        new EnumMap<>(SqlTypeCoercionRule.instance().getTypeMapping());
    for (SqlTypeName integer : SqlTypeName.INT_TYPES) {
      casts.merge(integer, ImmutableSet.of(SqlTypeName.BOOLEAN), TidemillValidator::union);
      casts.merge(SqlTypeName.BOOLEAN, ImmutableSet.of(integer), TidemillValidator::union);
    }
    return SqlTypeCoercionRule.instance(casts);
  }

  private static ImmutableSet<SqlTypeName> union(
      ImmutableSet<SqlTypeName> a, ImmutableSet<SqlTypeName> b) {
    return ImmutableSet.<SqlTypeName>builder().addAll(a).addAll(b).build();
  }

  /**
   * A row with each name once: of columns that share one, the later are called name_1 and so on, so
   * that {@code *} over them means all.
   */
  @Override
  protected RelDataType validateSelectList(
      SqlNodeList items, SqlSelect select, RelDataType target) {
    RelDataType row = super.validateSelectList(items, select, target);
    List<String> names = row.getFieldNames();
    List<String> unique = unique(names);
    if (unique.equals(names)) {
      return row;
    }
    written.put(select, names);
    return typeFactory.createStructType(
        row.getFieldList().stream().map(RelDataTypeField::getType).toList(), unique);
  }

  /** The names of a query's columns as they were written. */
  List<String> names(SqlNode query, List<String> unique) {
    return switch (query) {
      case SqlSelect select -> written.getOrDefault(select, unique);
      case SqlOrderBy order -> names(order.query, unique);
      case SqlWith with -> names(with.body, unique);
      case SqlCall call when call.isA(SqlKind.SET_QUERY) -> names(call.operand(0), unique);
      default -> unique;
    };
  }

  /** Names that are each there once. */
  static List<String> unique(List<String> names) {
    Set<String> used = new HashSet<>();
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      String free = name;
      for (int i = 1; !used.add(free.toLowerCase(Locale.ROOT)); i++) {
        free = name + "_" + i;
      }
      unique.add(free);
    }
    return unique;
  }

  /**
   * GROUP BY ALL: by all columns of SELECT that are neither aggregates nor constants. They are
   * named by number, as a name may be that of another column too.
   */
  @Override
  protected void validateGroupClause(SqlSelect select) {
    SqlNodeList group = select.getGroup();
    // Calcite converts a star of groups as it is written.
    SqlNodeList expanded = group == null ? null : withoutStars(select);
    if (group != null && expanded != null && group.size() == 1 && isAll(group.get(0))) {
      SqlParserPos position = group.getParserPosition();
      List<SqlNode> keys = new ArrayList<>();
      for (int i = 0; i < expanded.size(); i++) {
        SqlNode value = SqlUtil.stripAs(expanded.get(i));
        if (!(value instanceof SqlLiteral) && !isAggregateOrWindow(value)) {
          keys.add(SqlLiteral.createExactNumeric(String.valueOf(i + 1), position));
        }
      }
      if (keys.isEmpty()) {
        keys.add(new SqlNodeList(position));
      }
      select.setGroupBy(new SqlNodeList(keys, position));
    }
    super.validateGroupClause(select);
  }

  /** The columns of SELECT, which are those that stars stand for then. */
  private SqlNodeList withoutStars(SqlSelect select) {
    SqlNodeList items = select.getSelectList();
    List<SqlNode> expanded = new ArrayList<>();
    for (SqlNode item : items) {
      expanded.addAll(
          isStar(item) ? expandStar(SqlNodeList.of(item), select, false) : List.of(item));
    }
    items.clear();
    items.addAll(expanded);
    return items;
  }

  /** Whether an aggregate or a window function is in an expression, outside of its subqueries. */
  private boolean isAggregateOrWindow(@Nullable SqlNode value) {
    return switch (value) {
      case SqlNodeList list -> list.stream().anyMatch(this::isAggregateOrWindow);
      case SqlCall call ->
          !call.isA(SqlKind.QUERY)
              && (call.getKind() == SqlKind.OVER
                  || isAggregator(call.getOperator())
                  || call.getOperandList().stream().anyMatch(this::isAggregateOrWindow));
      case null, default -> false;
    };
  }

  private boolean isAggregator(SqlOperator operator) {
    if (operator.isAggregator() || !(operator instanceof SqlUnresolvedFunction function)) {
      return operator.isAggregator();
    }
    List<SqlOperator> found = new ArrayList<>();
    getOperatorTable()
        .lookupOperatorOverloads(
            function.getNameAsId(),
            function.getFunctionType(),
            SqlSyntax.FUNCTION,
            found,
            getCatalogReader().nameMatcher());
    return found.stream().anyMatch(SqlOperator::isAggregator);
  }

  /** What the parser puts in the place of ALL. */
  private static boolean isAll(@Nullable SqlNode node) {
    return node instanceof SqlIdentifier id && id.isStar();
  }

  private static boolean isStar(SqlNode item) {
    return item instanceof SqlIdentifier id && id.isStar()
        || item instanceof SqlStarExclude
        || item instanceof SqlStarReplace;
  }

  /** ORDER BY ALL: by all columns, from left to right. */
  @Override
  protected void validateOrderList(SqlSelect select) {
    SqlNodeList order = select.getOrderList();
    if (order != null && order.size() == 1 && isAll(key(order.get(0)))) {
      SqlNode all = order.get(0);
      int columns = getValidatedNodeType(select).getFieldCount();
      List<SqlNode> keys = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        keys.add(
            like(all, SqlLiteral.createExactNumeric(String.valueOf(i), all.getParserPosition())));
      }
      select.setOrderBy(new SqlNodeList(keys, order.getParserPosition()));
    }
    super.validateOrderList(select);
  }

  private static SqlNode key(SqlNode key) {
    return switch (key.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST -> key(((SqlCall) key).operand(0));
      default -> key;
    };
  }

  /** DESC and NULLS FIRST of one key around another. */
  private static SqlNode like(SqlNode key, SqlNode other) {
    return key instanceof SqlCall call
        ? call.getOperator().createCall(call.getParserPosition(), like(call.operand(0), other))
        : other;
  }

  @Override
  public RelDataType deriveType(SqlValidatorScope scope, SqlNode expression) {
    RelDataType type = super.deriveType(scope, expression);
    RelDataType own =
        withNulls(scope, expression, NestedValues.type(typeFactory, expression, type));
    if (own != type) {
      setValidatedNodeType(expression, own);
    }
    return own;
  }

  /** The window of a name, which matches in any case. */
  @Override
  protected SqlWindow getWindowByName(SqlIdentifier name, SqlValidatorScope scope) {
    if (name.isSimple() && scope.lookupWindow(name.getSimple()) == null) {
      for (SqlValidatorScope s = scope;
          s instanceof DelegatingScope delegating;
          s = delegating.getParent()) {
        SqlWindow window =
            s instanceof SelectScope selects
                ? NamedWindows.find(selects.getNode().getWindowList(), name)
                : null;
        if (window != null) {
          return window;
        }
      }
    }
    return super.getWindowByName(name, scope);
  }

  /**
   * Functions that number rows look at all of their partition: the frame that a window's name
   * stands for is that of the aggregates beside them.
   */
  @Override
  public void validateWindow(
      SqlNode windowOrName, SqlValidatorScope scope, @Nullable SqlCall call) {
    if (!(windowOrName instanceof SqlIdentifier name)
        || call == null
        || call.getOperator().allowsFraming()) {
      super.validateWindow(windowOrName, scope, call);
      return;
    }
    SqlWindow window = getWindowByName(name, scope);
    SqlNode lower = window.getLowerBound();
    SqlNode upper = window.getUpperBound();
    window.setLowerBound(null);
    window.setUpperBound(null);
    try {
      super.validateWindow(windowOrName, scope, call);
    } finally {
      window.setLowerBound(lower);
      window.setUpperBound(upper);
    }
  }

  /**
   * What a window means, with what it takes from the one that it names. Calcite forgets the frame
   * of {@code OVER (w ROWS 2 PRECEDING)}, and of what {@code w} is made of all but the last.
   */
  @Override
  public SqlWindow resolveWindow(SqlNode windowOrName, SqlValidatorScope scope) {
    SqlWindow written =
        windowOrName instanceof SqlIdentifier name
            ? getWindowByName(name, scope)
            : (SqlWindow) windowOrName;
    SqlIdentifier reference = written.getRefName();
    if (reference == null) {
      return written;
    }
    SqlWindow resolved = written.overlay(resolveWindow(reference, scope), this);
    resolved.setLowerBound(written.getLowerBound());
    resolved.setUpperBound(written.getUpperBound());
    resolved.setOperand(EXCLUDE, written.getExclude());
    return resolved;
  }

  /**
   * The type of a window function: behind IGNORE NULLS Calcite forgets that a frame without rows
   * has no value.
   */
  private RelDataType withNulls(SqlValidatorScope scope, SqlNode expression, RelDataType type) {
    if (type.isNullable()
        || expression.getKind() != SqlKind.OVER
        || !(expression instanceof SqlCall over && over.operand(0) instanceof SqlCall treated)
        || treated.getKind() != SqlKind.IGNORE_NULLS
            && treated.getKind() != SqlKind.RESPECT_NULLS) {
      return type;
    }
    return resolveWindow(over.operand(1), scope).isAlwaysNonEmpty()
        ? type
        : typeFactory.createTypeWithNullability(type, true);
  }

  @Override
  protected void validateWhereOrOn(SqlValidatorScope scope, SqlNode condition, String clause) {
    try {
      super.validateWhereOrOn(scope, condition, clause);
    } catch (CalciteContextException refused) {
      throw notBoolean(refused, clause, condition);
    } catch (IllegalStateException refused) {
      throw ofSeveral(refused, clause, condition);
    }
  }

  @Override
  protected void validateHavingClause(SqlSelect select) {
    try {
      super.validateHavingClause(select);
    } catch (CalciteContextException refused) {
      SqlNode having = select.getHaving();
      throw having == null ? refused : notBoolean(refused, "HAVING", having);
    } catch (IllegalStateException refused) {
      SqlNode having = select.getHaving();
      throw having == null ? refused : ofSeveral(refused, "HAVING", having);
    }
  }

  /** What Calcite takes several columns in place of a condition for. */
  private static RuntimeException ofSeveral(
      IllegalStateException refused, String clause, SqlNode condition) {
    return String.valueOf(refused.getMessage()).startsWith("sub-query as condition")
        ? PlannerErrors.conditionNotBoolean(
            clause, text(condition), "ROW", Positions.of(condition.getParserPosition()))
        : refused;
  }

  private RuntimeException notBoolean(
      CalciteContextException refused, String clause, SqlNode condition) {
    RelDataType type = getValidatedNodeTypeIfKnown(condition);
    String message =
        String.valueOf(refused.getCause() == null ? "" : refused.getCause().getMessage());
    if (type == null
        || SqlTypeUtil.inBooleanFamily(type)
        || !message.contains("must be a condition")
            && !message.contains("must be BOOLEAN")
            && !message.toLowerCase(Locale.ROOT).contains("boolean")) {
      return refused;
    }
    return PlannerErrors.conditionNotBoolean(
        clause,
        text(condition),
        RelTypes.display(type),
        Positions.of(condition.getParserPosition()));
  }

  /** An expression as its author may have written it. */
  static String text(SqlNode node) {
    SqlNode plain =
        node.accept(
            new SqlShuttle() {
              @Override
              public SqlNode visit(SqlIdentifier id) {
                return id.isStar()
                    ? id
                    : new SqlIdentifier(Util.last(id.names), id.getParserPosition());
              }
            });
    String text = String.valueOf(plain).replace("`", "").replace("\n", " ").replace("\r", "");
    return text.length() > 80 ? text.substring(0, 77) + "..." : text;
  }
}
