package dev.tidemill.planner.sql;

import dev.tidemill.sql.parser.StatementParser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** Opens calls of functions that are short for expressions of others: {@link MacroDefinitions}. */
final class Macros extends SqlShuttle {
  /**
   * By name and number of arguments: texts, which are read where they are called. Reading all would
   * be a tenth of what a process does before its first row.
   */
  private static final Map<String, String> EXPRESSIONS = expressions();

  private static final Set<String> NAMES = names(EXPRESSIONS.keySet());

  private int lambdas;

  private Macros() {}

  private static Map<String, String> expressions() {
    Map<String, String> all = new HashMap<>();
    for (String[][] definitions : List.of(MacroDefinitions.ALL, MacroDefinitions.PARTS)) {
      for (String[] definition : definitions) {
        all.put(definition[0] + "/" + definition[1], definition[2]);
      }
    }
    for (String[] alias : MacroDefinitions.ALIASES) {
      for (int arguments = 0; arguments < 8; arguments++) {
        String expression = all.get(alias[1] + "/" + arguments);
        if (expression != null) {
          all.put(alias[0] + "/" + arguments, expression);
        }
      }
    }
    return all;
  }

  private static Set<String> names(Set<String> keys) {
    Set<String> names = new TreeSet<>(LambdaSpellings.NAMES);
    keys.forEach(key -> names.add(key.substring(0, key.indexOf('/'))));
    for (String[] part : MacroDefinitions.PARTS) {
      names.remove(part[0]);
    }
    return Collections.unmodifiableSet(names);
  }

  /** The names, upper case. */
  static Set<String> names() {
    return NAMES;
  }

  /** A query or an expression with the expressions; the given node stays as it is. */
  static SqlNode opened(SqlNode node) {
    SqlNode opened = node.accept(new Macros());
    return opened == null ? node : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlNode visited = super.visit(call);
    if (visited instanceof SqlSelect select && call instanceof SqlSelect written) {
      return named(select, written);
    }
    if (visited instanceof SqlCall quantified && LambdaSpellings.isOfArray(quantified)) {
      return LambdaSpellings.ofArray(quantified, "z$" + lambdas++);
    }
    if (!(visited instanceof SqlCall opened)
        || !(opened.getOperator() instanceof SqlUnresolvedFunction)
        || opened.getFunctionQuantifier() != null) {
      return visited;
    }
    if (LambdaSpellings.isOne(opened)) {
      return LambdaSpellings.plain(opened, "z$" + lambdas++);
    }
    LambdaSpellings.check(opened);
    String expression =
        EXPRESSIONS.get(
            opened.getOperator().getName().toUpperCase(Locale.ROOT) + "/" + opened.operandCount());
    if (expression == null
        || opened.getOperandList().stream().anyMatch(SqlLambda.class::isInstance)) {
      return visited;
    }
    SqlNode filled =
        StatementParser.parseExpression(expression)
            .node()
            .accept(
                new Filling(opened.getOperandList(), opened.getParserPosition(), "$" + lambdas++));
    // A definition may call others.
    return filled == null ? visited : filled.accept(this);
  }

  /** The columns keep the names that their texts as written give them. */
  private static SqlNode named(SqlSelect select, SqlSelect written) {
    if (select.equals(written)) {
      return select;
    }
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      SqlNode before = written.getSelectList().get(i);
      SqlNode item = items.get(i);
      if (before.getKind() != SqlKind.AS && isOne(before)) {
        SqlParserPos position = before.getParserPosition();
        items.set(
            i,
            SqlStdOperatorTable.AS.createCall(
                position, item, new SqlIdentifier(ColumnNames.text(before), position)));
      }
    }
    return select;
  }

  private static boolean isOne(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list -> list.stream().anyMatch(Macros::isOne);
      case SqlCall call ->
          call.getOperator() instanceof SqlUnresolvedFunction
                  && EXPRESSIONS.containsKey(
                      call.getOperator().getName().toUpperCase(Locale.ROOT)
                          + "/"
                          + call.operandCount())
              || LambdaSpellings.isOne(call)
              || LambdaSpellings.isOfArray(call)
              || !call.isA(SqlKind.QUERY) && call.getOperandList().stream().anyMatch(Macros::isOne);
      case null, default -> false;
    };
  }

  /** A copy of a definition with arguments, which stands where the call stood. */
  private static final class Filling extends SqlShuttle {
    private final List<SqlNode> arguments;
    private final SqlParserPos position;
    private final String lambda;

    Filling(List<SqlNode> arguments, SqlParserPos position, String lambda) {
      this.arguments = arguments;
      this.position = position;
      this.lambda = lambda;
    }

    @Override
    public SqlNode visit(SqlIdentifier id) {
      String name = id.names.get(0);
      if (id.isSimple() && name.matches("a[1-9]")) {
        return SqlCompiler.copy(arguments.get(name.charAt(1) - '1'));
      }
      return id.isSimple() && name.matches("vi?")
          ? new SqlIdentifier(name + lambda, position)
          : id.clone(position);
    }

    @Override
    public SqlNode visit(SqlLiteral literal) {
      return literal.clone(position);
    }

    @Override
    public SqlNode visit(SqlDataTypeSpec type) {
      return type.clone(position);
    }

    @Override
    public SqlNode visit(SqlNodeList list) {
      List<@Nullable SqlNode> copy = new ArrayList<>();
      for (SqlNode node : list) {
        copy.add(node == null ? null : node.accept(this));
      }
      return new SqlNodeList(copy, position);
    }

    @Override
    public SqlNode visit(SqlCall call) {
      if (call instanceof SqlLambda written) {
        return new SqlLambda(
            position,
            (SqlNodeList) written.getParameters().accept(this),
            written.getExpression().accept(this));
      }
      List<@Nullable SqlNode> operands = new ArrayList<>();
      for (SqlNode operand : call.getOperandList()) {
        operands.add(operand == null ? null : operand.accept(this));
      }
      return call.getOperator()
          .createCall(call.getFunctionQuantifier(), position, operands.toArray(SqlNode[]::new));
    }
  }
}
