package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.CommonType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.fun.SqlItemOperator;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/** ARRAYs, MAPs and ROWs in expressions: made, and taken apart. */
final class NestedValues {
  /** {@code ARRAY[]} and {@code MAP()}, which Calcite's constructors do not take. */
  static final SqlOperator EMPTY_ARRAY =
      new Empty("ARRAY[]", SqlKind.ARRAY_VALUE_CONSTRUCTOR, new Type.Array(Type.NULL));

  private static final SqlOperator EMPTY_MAP =
      new Empty("MAP()", SqlKind.MAP_VALUE_CONSTRUCTOR, new Type.MapType(Type.NULL, Type.NULL));

  /** {@code x[i]}, which takes texts too. */
  static final SqlOperator ITEM = new Item();

  /** Operators that only stand in for others. */
  static final List<SqlOperator> STAND_INS = List.of(EMPTY_ARRAY, EMPTY_MAP, ITEM);

  private NestedValues() {}

  /** {@code ARRAY(1, 2)} and {@code MAP('a', 1)} are written with brackets elsewhere. */
  static void construct(SqlCall call) {
    if (call instanceof SqlBasicCall basic) {
      boolean empty = call.operandCount() == 0;
      if (isOne(call, SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR, SqlLibraryOperators.ARRAY)) {
        basic.setOperator(empty ? EMPTY_ARRAY : SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR);
      } else if (call.getOperator().equals(SqlLibraryOperators.MAP) && isOfLists(call)) {
        basic.setOperator(
            Spellings.call("MAP_FROM_ARRAYS", call.getParserPosition(), call.getOperandList())
                .getOperator());
      } else if (isOne(call, SqlStdOperatorTable.MAP_VALUE_CONSTRUCTOR, SqlLibraryOperators.MAP)) {
        basic.setOperator(empty ? EMPTY_MAP : SqlStdOperatorTable.MAP_VALUE_CONSTRUCTOR);
      }
    }
  }

  /** {@code MAP(['a', 'b'], [1, 2])} of DuckDB; a key is hardly ever written as a list. */
  private static boolean isOfLists(SqlCall call) {
    return call.operandCount() == 2
        && call.getOperandList().stream()
            .allMatch(
                operand ->
                    operand instanceof SqlCall list
                        && isOne(
                            list,
                            SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR,
                            SqlLibraryOperators.ARRAY));
  }

  private static boolean isOne(SqlCall call, SqlOperator standard, SqlOperator library) {
    return call.getOperator().equals(standard) || call.getOperator().equals(library);
  }

  private static final class Item extends SqlItemOperator {
    Item() {
      super("ITEM", OperandTypes.ARRAY_OR_MAP_OR_VARIANT, 1, true);
    }

    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      if (binding.getOperandType(0).isStruct()
          && binding.operand(1) instanceof SqlNumericLiteral place
          && !isSmall(place.bigDecimalValue())) {
        throw PlannerErrors.invalid(
            "a ROW has no field " + place, Positions.of(place.getParserPosition()));
      }
      return SqlTypeUtil.inCharFamily(binding.getOperandType(0))
              && (SqlTypeUtil.isIntType(binding.getOperandType(1))
                  || SqlTypeUtil.isNull(binding.getOperandType(1)))
          || super.checkOperandTypes(binding, throwOnFailure);
    }

    /** Calcite makes an int of it. */
    private static boolean isSmall(@Nullable BigDecimal place) {
      return place != null
          && place.stripTrailingZeros().scale() <= 0
          && place.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
      return SqlTypeUtil.inCharFamily(binding.getOperandType(0))
          ? RelTypes.toRel(binding.getTypeFactory(), Type.VARCHAR, true)
          : super.inferReturnType(binding);
    }
  }

  private static final class Empty extends SqlSpecialOperator {
    Empty(String text, SqlKind kind, Type type) {
      super(
          text,
          kind,
          100,
          true,
          b -> RelTypes.toRel(b.getTypeFactory(), type, false),
          null,
          OperandTypes.NILADIC);
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrecedence, int rightPrecedence) {
      writer.print(getName());
    }
  }

  /**
   * The type of an expression that makes something nested as columns have it: all inside may be
   * NULL, fields can be called, and those of a ROW without names are {@code f1}, {@code f2}, ….
   */
  static RelDataType type(RelDataTypeFactory factory, SqlNode expression, RelDataType type) {
    return switch (expression.getKind()) {
      case CAST, SAFE_CAST, ROW, ARRAY_VALUE_CONSTRUCTOR, MAP_VALUE_CONSTRUCTOR -> {
        Type own = RelTypes.fromRel(type);
        if (own == null || !isNested(own)) {
          yield type;
        }
        if (own instanceof Type.Row row && expression instanceof SqlCall call && isRow(call)) {
          own = numbered(row);
        }
        RelDataType nested = RelTypes.toRel(factory, own, type.isNullable());
        yield nested.equals(type) ? type : nested;
      }
      default -> type;
    };
  }

  private static boolean isRow(SqlCall call) {
    return call.getKind() == SqlKind.ROW;
  }

  private static Type numbered(Type.Row row) {
    List<Type.RowField> fields = new ArrayList<>();
    for (Type.RowField field : row.fields()) {
      fields.add(new Type.RowField("f" + (fields.size() + 1), field.type()));
    }
    return new Type.Row(fields);
  }

  static boolean isNested(RelDataType type) {
    return switch (type.getSqlTypeName()) {
      case ARRAY, MAP, ROW -> true;
      default -> false;
    };
  }

  static boolean isNested(Type type) {
    return type instanceof Type.Array || type instanceof Type.MapType || type instanceof Type.Row;
  }

  /** Whether a MAP is in values of the type, which then have no order. */
  static boolean hasMap(Type type) {
    return switch (type) {
      case Type.MapType t -> true;
      case Type.Array t -> hasMap(t.element());
      case Type.Row t -> t.fields().stream().anyMatch(f -> hasMap(f.type()));
      default -> false;
    };
  }

  /** Refuses what has no order where one is needed. */
  static void requireOrder(String where, Type type, @Nullable SourcePosition position) {
    if (hasMap(type)) {
      throw PlannerErrors.unsupported(
          "MAP_ORDER", where + " of " + type + ", as MAPs have no order,", position);
    }
  }

  static Expression array(List<Expression> elements, Type type) {
    Type element = ((Type.Array) type).element();
    return new Call(
        ScalarFunction.ARRAY, elements.stream().map(e -> Casts.to(element, e)).toList(), type);
  }

  /** Keys and values by turns. */
  static Expression map(List<Expression> entries, Type type) {
    Type.MapType map = (Type.MapType) type;
    List<Expression> cast = new ArrayList<>();
    for (Expression entry : entries) {
      cast.add(Casts.to(cast.size() % 2 == 0 ? map.key() : map.value(), entry));
    }
    return new Call(ScalarFunction.MAP, cast, type);
  }

  static Expression row(List<Expression> values, Type type) {
    List<Type.RowField> fields = ((Type.Row) type).fields();
    List<Expression> cast = new ArrayList<>();
    for (Expression value : values) {
      cast.add(Casts.to(fields.get(cast.size()).type(), value));
    }
    return new Call(ScalarFunction.ROW, cast, type);
  }

  /**
   * {@code array[index]}, {@code text[index]}, {@code map[key]}, {@code row['field']} and {@code
   * row[number]}.
   */
  static Expression item(
      Expression of, Expression key, Type type, @Nullable SourcePosition position) {
    return switch (of.type()) {
      case Type.Array array ->
          new Call(
              ScalarFunction.ITEM, List.of(of, index(key, "an ARRAY", position)), array.element());
      case Type.Varchar text -> {
        Expression index = index(key, "a text", position);
        yield new Call(ScalarFunction.ARRAY_SLICE, List.of(of, index, index), Type.VARCHAR);
      }
      case Type.MapType map -> {
        Type common = CommonType.of(map.key(), key.type());
        if (common == null) {
          throw PlannerErrors.noCommonType(map.key(), key.type(), position);
        }
        Expression cast = Casts.to(new Type.MapType(common, map.value()), of);
        yield new Call(ScalarFunction.ITEM, List.of(cast, Casts.to(common, key)), map.value());
      }
      case Type.Row row -> field(of, key, type);
      case Type.Null none -> Literal.nullOf(type);
      default -> throw PlannerErrors.typeMismatch(of.type() + " has no elements", position);
    };
  }

  private static Expression index(Expression index, String of, @Nullable SourcePosition position) {
    if (index.type() instanceof Type.Int || index.type() instanceof Type.Null) {
      return Casts.to(Type.BIGINT, index);
    }
    throw PlannerErrors.typeMismatch(
        "elements of " + of + " are counted by an integer, not by " + index.type(), position);
  }

  /** The field called by its name or by its number from 1. */
  static Expression field(Expression row, Expression name, Type type) {
    List<Type.RowField> fields = ((Type.Row) row.type()).fields();
    Object key = name instanceof Literal literal ? literal.value() : null;
    for (int i = 0; i < fields.size(); i++) {
      boolean called =
          key instanceof String text && fields.get(i).name().equalsIgnoreCase(text)
              || key instanceof Number number && number.intValue() == i + 1;
      if (called) {
        return new FieldAccess(row, i, fields.get(i).type());
      }
    }
    throw PlannerErrors.invalid("there is no field " + key + " in " + row.type(), null);
  }
}
