package dev.tidemill.planner.sql;

import dev.tidemill.sql.parser.statement.JsonTypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql2rel.SqlRexContext;
import org.apache.calcite.sql2rel.SqlRexConvertlet;
import org.apache.calcite.sql2rel.SqlRexConvertletTable;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls as they were written: Calcite's own expansions (an AVG as a quotient, a SQRT as a
 * power, casts of both sides of a comparison) are left to our translator, which knows what exec can
 * do.
 */
final class Convertlets implements SqlRexConvertletTable {
  private static final Set<SqlKind> PLAIN =
      Set.of(
          SqlKind.MINUS_PREFIX,
          SqlKind.EQUALS,
          SqlKind.NOT_EQUALS,
          SqlKind.LESS_THAN,
          SqlKind.LESS_THAN_OR_EQUAL,
          SqlKind.GREATER_THAN,
          SqlKind.GREATER_THAN_OR_EQUAL,
          SqlKind.IS_DISTINCT_FROM,
          SqlKind.IS_NOT_DISTINCT_FROM,
          SqlKind.LIKE,
          SqlKind.SIMILAR,
          SqlKind.AND,
          SqlKind.OR,
          SqlKind.NOT,
          SqlKind.ROW,
          SqlKind.ARRAY_VALUE_CONSTRUCTOR,
          SqlKind.MAP_VALUE_CONSTRUCTOR,
          SqlKind.ITEM,
          SqlKind.AVG,
          SqlKind.STDDEV_POP,
          SqlKind.STDDEV_SAMP,
          SqlKind.VAR_POP,
          SqlKind.VAR_SAMP);

  @Override
  public @Nullable SqlRexConvertlet get(SqlCall call) {
    boolean negated = call.getOperator() instanceof SqlLikeOperator like && like.isNegated();
    boolean plain =
        Functions.INSTANCE.isOurs(call.getOperator())
            || call.getOperator() instanceof LambdaOperator
            || call.getOperator() instanceof MatchMarker
            || call.getOperator() instanceof LambdaOperator.Parameter
            || Functions.isArithmetic(call.getOperator())
            || call.getOperator() == SqlStdOperatorTable.CONCAT
            || PLAIN.contains(call.getKind()) && !negated;
    if (plain) {
      return Convertlets::plain;
    }
    SqlRexConvertlet standard = StandardConvertletTable.INSTANCE.get(CastOperator.plain(call));
    return call.getKind() == SqlKind.CAST || call.getKind() == SqlKind.SAFE_CAST
        ? (context, cast) -> cast(context, cast, standard)
        : standard;
  }

  /** To what is nested as it was written: Calcite's casts of rows lose how fields are called. */
  private static RexNode cast(
      SqlRexContext context, SqlCall call, @Nullable SqlRexConvertlet standard) {
    RelDataType type = context.getValidator().getValidatedNodeTypeIfKnown(call);
    // Of the casts that the validator adds, and of its copies, nothing is known.
    if (type == null && call.operand(1) instanceof SqlDataTypeSpec wanted) {
      type = wanted.deriveType(context.getValidator(), true);
    }
    // Of intervals, zones and truth values Calcite would make arithmetic.
    RelDataType known = context.getValidator().getValidatedNodeTypeIfKnown(call.operand(0));
    RelDataType from = known == null ? context.convertExpression(call.operand(0)).getType() : known;
    boolean own =
        type != null
            && (NestedValues.isNested(type)
                || NestedValues.isNested(from)
                || isOwn(type)
                || isOwn(from)
                || isTruth(type)
                || isTruth(from));
    if (type == null || !own) {
      return Objects.requireNonNull(standard).convertCall(context, call);
    }
    RexNode operand = context.convertExpression(call.operand(0));
    if (NestedValues.isNested(operand.getType())
        && call.operand(1) instanceof SqlDataTypeSpec wanted
        && wanted.getTypeNameSpec() instanceof JsonTypeName) {
      RexBuilder builder = context.getRexBuilder();
      RexNode json = builder.makeCall(Functions.INSTANCE.named("TO_JSON"), operand);
      return builder.makeCall(
          SqlStdOperatorTable.CASE,
          builder.makeCall(SqlStdOperatorTable.IS_NOT_NULL, operand),
          json,
          builder.makeNullLiteral(json.getType()));
    }
    boolean safe = call.getKind() == SqlKind.SAFE_CAST;
    RelDataType nullable =
        context
            .getTypeFactory()
            .createTypeWithNullability(type, safe || operand.getType().isNullable());
    return context
        .getRexBuilder()
        .makeAbstractCast(
            call.getParserPosition(),
            NestedValues.isNested(type)
                ? NestedValues.type(context.getTypeFactory(), call, nullable)
                : nullable,
            operand,
            safe);
  }

  private static boolean isOwn(@Nullable RelDataType type) {
    return type != null
        && (SqlTypeUtil.isInterval(type)
            || type.getSqlTypeName() == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
  }

  private static boolean isTruth(@Nullable RelDataType type) {
    return type != null && SqlTypeUtil.isBoolean(type);
  }

  /** Adds an operand; those of an AND in an AND and of an OR in an OR one by one. */
  private static void add(RexNode operand, SqlKind kind, List<RexNode> operands) {
    if ((kind == SqlKind.AND || kind == SqlKind.OR) && operand.getKind() == kind) {
      operands.addAll(((RexCall) operand).getOperands());
    } else {
      operands.add(operand);
    }
  }

  private static RexNode plain(SqlRexContext context, SqlCall call) {
    List<RexNode> operands = new ArrayList<>();
    for (SqlNode operand : call.getOperandList()) {
      add(context.convertExpression(operand), call.getKind(), operands);
    }
    // The validator expands expressions into copies that still have the operators the parser gave
    // them.
    SqlOperator operator = Functions.INSTANCE.own(call.getOperator());
    RelDataType type = context.getValidator().getValidatedNodeTypeIfKnown(call);
    if (type == null || operator != call.getOperator()) {
      type =
          NestedValues.type(
              context.getTypeFactory(),
              call,
              context.getRexBuilder().deriveReturnType(operator, operands));
    }
    return context.getRexBuilder().makeCall(call.getParserPosition(), type, operator, operands);
  }
}
