package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.user.FunctionClass;
import dev.tidemill.plan.function.user.FunctionSignature;
import dev.tidemill.plan.function.user.JavaParameter;
import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * Which signature of a user function a call means: the one whose parameters the arguments become
 * most cheaply, without losing anything but digits of a number that becomes a REAL or DOUBLE.
 */
final class UserSignatures {
  private static final int TO_REAL = 40;
  private static final int TO_DOUBLE = 30;
  private static final int TO_DECIMAL = 20;

  private UserSignatures() {}

  /**
   * The signature for arguments of these types.
   *
   * @throws dev.tidemill.foundation.error.TidemillException ARGUMENTS_INVALID if there is none, or
   *     more than one
   */
  static FunctionSignature resolve(
      FunctionClass function, List<Type> arguments, @Nullable SqlParserPos position) {
    List<FunctionSignature> best = new ArrayList<>();
    int least = Integer.MAX_VALUE;
    for (FunctionSignature signature : function.signatures()) {
      int cost = cost(signature, arguments);
      if (cost >= 0 && cost < least) {
        best.clear();
        least = cost;
      }
      if (cost == least) {
        best.add(signature);
      }
    }
    if (best.size() == 1) {
      return best.getFirst();
    }
    throw best.isEmpty()
        ? PlannerErrors.noSignature(
            function.function(),
            arguments,
            function.signatureList(),
            position == null ? null : Positions.of(position))
        : PlannerErrors.severalSignatures(
            function.function(),
            arguments,
            best.get(0).toString(),
            best.get(1).toString(),
            position == null ? null : Positions.of(position));
  }

  /** What it takes to make the parameters of the arguments, or -1 where that does not go. */
  private static int cost(FunctionSignature signature, List<Type> arguments) {
    if (signature.parameters().size() != arguments.size()) {
      return -1;
    }
    int sum = 0;
    for (int i = 0; i < arguments.size(); i++) {
      JavaParameter parameter = signature.parameters().get(i);
      int cost = cost(parameter.type(), arguments.get(i));
      if (cost < 0) {
        return -1;
      }
      sum += cost;
    }
    return sum;
  }

  private static int cost(Type parameter, Type argument) {
    if (argument.equals(parameter)) {
      return 0;
    }
    if (argument instanceof Type.Null) {
      return 1;
    }
    return switch (parameter) {
      case Type.Int to ->
          argument instanceof Type.Int from && from.bits() <= to.bits()
              ? 1
                  + Integer.numberOfTrailingZeros(to.bits())
                  - Integer.numberOfTrailingZeros(from.bits())
              : -1;
      case Type.Decimal to ->
          argument instanceof Type.Decimal ? 0 : argument instanceof Type.Int ? TO_DECIMAL : -1;
      case Type.DoubleType to ->
          switch (argument) {
            case Type.Real from -> 1;
            case Type.Int from -> TO_DOUBLE;
            case Type.Decimal from -> TO_DOUBLE;
            default -> -1;
          };
      case Type.Real to ->
          argument instanceof Type.Int || argument instanceof Type.Decimal ? TO_REAL : -1;
      case Type.Varchar to -> argument instanceof Type.Varchar ? 0 : -1;
      case Type.Time to -> argument instanceof Type.Time ? 0 : -1;
      case Type.Timestamp to ->
          argument instanceof Type.Timestamp ? 0 : argument instanceof Type.Date ? 2 : -1;
      case Type.ZonedTimestamp to -> argument instanceof Type.ZonedTimestamp ? 0 : -1;
      case Type.Array to ->
          argument instanceof Type.Array from ? cost(to.element(), from.element()) : -1;
      case Type.MapType to -> {
        if (!(argument instanceof Type.MapType from)) {
          yield -1;
        }
        int key = cost(to.key(), from.key());
        int value = cost(to.value(), from.value());
        yield key < 0 || value < 0 ? -1 : key + value;
      }
      default -> -1;
    };
  }

  /** What an argument is cast to for a parameter that it fits. */
  static Type target(JavaParameter parameter, Type argument) {
    if (parameter.exact()) {
      return parameter.type();
    }
    return switch (argument) {
      case Type.Decimal t -> t;
      case Type.Time t -> t;
      case Type.Timestamp t -> t;
      case Type.ZonedTimestamp t -> t;
      case Type.Int t ->
          new Type.Decimal(
              switch (t.bits()) {
                case 8 -> 3;
                case 16 -> 5;
                case 32 -> 10;
                default -> 19;
              },
              0);
      default -> parameter.type();
    };
  }
}
