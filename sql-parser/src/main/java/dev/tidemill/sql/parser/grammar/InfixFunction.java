package dev.tidemill.sql.parser.grammar;

import java.util.Arrays;
import java.util.List;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlPrefixOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.jspecify.annotations.Nullable;

/**
 * Operators that PostgreSQL and DuckDB have beside the standard's, while they are parsed, for their
 * precedence; what they make are calls.
 */
final class InfixFunction extends SqlBinaryOperator {
  private static final int BINDS_LIKE_EQUAL = 30;
  private static final int BINDS_LIKE_LIKE = 32;
  private static final int BINDS_LIKE_TIMES = 60;
  private static final int BINDS_BEFORE_TIMES = 64;

  /** Division of integers cuts off fractions anyway. */
  static final InfixFunction INTEGER_DIVIDE =
      of("//", BINDS_LIKE_TIMES, SqlStdOperatorTable.DIVIDE);

  static final InfixFunction POWER =
      new InfixFunction("**", BINDS_BEFORE_TIMES, (a, b, p) -> call("POWER", p, a, b));
  static final InfixFunction BIT_OR =
      new InfixFunction("|", BINDS_LIKE_LIKE, (a, b, p) -> call("BITOR", p, a, b));
  static final InfixFunction SHIFT_RIGHT =
      new InfixFunction(">>", BINDS_LIKE_LIKE, (a, b, p) -> call("SHIFTRIGHT", p, a, b));
  static final InfixFunction STARTS_WITH =
      new InfixFunction("^@", BINDS_LIKE_LIKE, (a, b, p) -> call("STARTS_WITH", p, a, b));
  static final InfixFunction CONTAINS_ALL =
      new InfixFunction("@>", BINDS_LIKE_LIKE, (a, b, p) -> call("LIST_HAS_ALL", p, a, b));
  static final InfixFunction CONTAINED_IN =
      new InfixFunction("<@", BINDS_LIKE_LIKE, (a, b, p) -> call("LIST_HAS_ALL", p, b, a));
  static final InfixFunction OVERLAPS =
      new InfixFunction("&&", BINDS_LIKE_LIKE, (a, b, p) -> call("LIST_HAS_ANY", p, a, b));
  static final InfixFunction MATCHES =
      new InfixFunction("~", BINDS_LIKE_LIKE, (a, b, p) -> call("REGEXP_LIKE", p, a, b));
  static final InfixFunction MATCHES_NOT =
      new InfixFunction(
          "!~",
          BINDS_LIKE_LIKE,
          (a, b, p) -> SqlStdOperatorTable.NOT.createCall(p, call("REGEXP_LIKE", p, a, b)));
  static final InfixFunction LIKE = of("~~", BINDS_LIKE_LIKE, SqlStdOperatorTable.LIKE);
  static final InfixFunction NOT_LIKE = of("!~~", BINDS_LIKE_LIKE, SqlStdOperatorTable.NOT_LIKE);
  static final InfixFunction ILIKE = of("~~*", BINDS_LIKE_LIKE, SqlLibraryOperators.ILIKE);
  static final InfixFunction NOT_ILIKE = of("!~~*", BINDS_LIKE_LIKE, SqlLibraryOperators.NOT_ILIKE);

  /** Spark's {@code a <=> b}, which two NULLs fulfil. */
  static final InfixFunction SAME =
      of("<=>", BINDS_LIKE_EQUAL, SqlStdOperatorTable.IS_NOT_DISTINCT_FROM);

  private static final InfixFunction IN_LIST =
      new InfixFunction("IN", BINDS_LIKE_LIKE, (a, b, p) -> inList(a, b, p));
  private static final InfixFunction NOT_IN_LIST =
      new InfixFunction(
          "NOT IN",
          BINDS_LIKE_LIKE,
          (a, b, p) -> SqlStdOperatorTable.NOT.createCall(p, inList(a, b, p)));

  /** {@code ~x} */
  static final SqlPrefixOperator BIT_NOT =
      new SqlPrefixOperator(
          "~", SqlKind.OTHER, BINDS_BEFORE_TIMES, null, InferTypes.FIRST_KNOWN, null) {
        @Override
        public SqlCall createCall(
            @Nullable SqlLiteral qualifier, SqlParserPos position, @Nullable SqlNode... operands) {
          return call("BITNOT", position, operands);
        }
      };

  private final Meaning meaning;

  private InfixFunction(String name, int precedence, Meaning meaning) {
    super(name, SqlKind.OTHER, precedence, true, null, InferTypes.FIRST_KNOWN, null);
    this.meaning = meaning;
  }

  /** The call that an operator stands for. */
  @FunctionalInterface
  private interface Meaning {
    SqlCall of(@Nullable SqlNode left, @Nullable SqlNode right, SqlParserPos position);
  }

  private static InfixFunction of(String name, int precedence, SqlOperator operator) {
    return new InfixFunction(
        name, precedence, (a, b, p) -> operator.createCall(p, Arrays.asList(a, b)));
  }

  @Override
  public SqlCall createCall(
      @Nullable SqlLiteral qualifier, SqlParserPos position, @Nullable SqlNode... operands) {
    return meaning.of(operands[0], operands[1], position);
  }

  /** IN or NOT IN with an ARRAY behind it. */
  static InfixFunction in(SqlOperator operator) {
    return operator == SqlStdOperatorTable.IN ? IN_LIST : NOT_IN_LIST;
  }

  /** Of constants that are not NULL it is IN as ever; a NULL in an ARRAY is like no value. */
  private static SqlCall inList(
      @Nullable SqlNode value, @Nullable SqlNode list, SqlParserPos position) {
    if (list instanceof SqlCall array
        && array.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR
        && array.operandCount() > 0
        && array.getOperandList().stream().allMatch(InfixFunction::isConstant)) {
      return SqlStdOperatorTable.IN.createCall(
          position,
          Arrays.asList(value, new SqlNodeList(array.getOperandList(), array.getParserPosition())));
    }
    return call("LIST_CONTAINS", position, list, value);
  }

  private static boolean isConstant(SqlNode node) {
    return node instanceof SqlLiteral literal && literal.getValue() != null
        || node.getKind() == SqlKind.MINUS_PREFIX && isConstant(((SqlCall) node).operand(0));
  }

  /** A call of a function by its name. */
  static SqlCall call(String name, SqlParserPos position, @Nullable SqlNode... operands) {
    return call(name, position, Arrays.asList(operands));
  }

  /** A call of a function by its name. */
  static SqlCall call(
      String name, SqlParserPos position, List<? extends @Nullable SqlNode> operands) {
    return new SqlUnresolvedFunction(
            new SqlIdentifier(name, position),
            null,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(position, operands);
  }
}
