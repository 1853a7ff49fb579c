package dev.tidemill.sql.parser.grammar;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** An aggregate by its name, whose last operand says in which order it takes its rows. */
final class OrderedAggregate extends SqlUnresolvedFunction {
  private OrderedAggregate(SqlIdentifier name) {
    super(name, null, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION);
  }

  static SqlCall call(
      SqlIdentifier name,
      @Nullable SqlLiteral quantifier,
      SqlParserPos position,
      List<SqlNode> operands) {
    return new OrderedAggregate(name)
        .createCall(quantifier, position, operands.toArray(SqlNode[]::new));
  }

  @Override
  public SqlSyntax getSyntax() {
    return SqlSyntax.ORDERED_FUNCTION;
  }
}
