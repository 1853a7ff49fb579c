package dev.tidemill.planner.logical;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The type in which values of two types can be compared or stand in one column. */
public final class CommonType {
  private CommonType() {}

  /** The common type, or null where there is none: text and numbers have none. */
  public static @Nullable Type of(Type a, Type b) {
    if (a.equals(b) || b instanceof Type.Null) {
      return a;
    }
    if (a instanceof Type.Null) {
      return b;
    }
    return switch (a) {
      case Type.Int x ->
          switch (b) {
            case Type.Int y -> x.bits() >= y.bits() ? x : y;
            case Type.Decimal y -> DecimalRules.common(DecimalRules.ofInteger(x), y);
            case Type.Real y -> Type.DOUBLE;
            case Type.DoubleType y -> y;
            default -> null;
          };
      case Type.Decimal x ->
          switch (b) {
            case Type.Int y -> DecimalRules.common(x, DecimalRules.ofInteger(y));
            case Type.Decimal y -> DecimalRules.common(x, y);
            case Type.Real y -> Type.DOUBLE;
            case Type.DoubleType y -> y;
            default -> null;
          };
      case Type.Real x -> isNumber(b) ? Type.DOUBLE : null;
      case Type.DoubleType x -> isNumber(b) ? Type.DOUBLE : null;
      case Type.Varchar x ->
          b instanceof Type.Varchar y
              ? new Type.Varchar(Math.max(x.maxLength(), y.maxLength()))
              : null;
      case Type.Date x ->
          b instanceof Type.Timestamp || b instanceof Type.ZonedTimestamp ? b : null;
      case Type.Timestamp x ->
          switch (b) {
            case Type.Date y -> x;
            case Type.Timestamp y -> x.precision() >= y.precision() ? x : y;
            case Type.ZonedTimestamp y ->
                new Type.ZonedTimestamp(Math.max(x.precision(), y.precision()));
            default -> null;
          };
      case Type.Time x ->
          b instanceof Type.Time y ? (x.precision() >= y.precision() ? x : y) : null;
      case Type.ZonedTimestamp x ->
          switch (b) {
            case Type.Date y -> x;
            case Type.Timestamp y ->
                new Type.ZonedTimestamp(Math.max(x.precision(), y.precision()));
            case Type.ZonedTimestamp y -> x.precision() >= y.precision() ? x : y;
            default -> null;
          };
      case Type.Array x -> {
        Type element = b instanceof Type.Array y ? of(x.element(), y.element()) : null;
        yield element == null ? null : new Type.Array(element);
      }
      case Type.MapType x -> {
        Type key = b instanceof Type.MapType y ? of(x.key(), y.key()) : null;
        Type value = b instanceof Type.MapType y ? of(x.value(), y.value()) : null;
        yield key == null || value == null ? null : new Type.MapType(key, value);
      }
      case Type.Row x -> b instanceof Type.Row y ? row(x, y) : null;
      default -> null;
    };
  }

  private static @Nullable Type row(Type.Row a, Type.Row b) {
    if (a.fields().size() != b.fields().size()) {
      return null;
    }
    List<Type.RowField> fields = new ArrayList<>();
    for (int i = 0; i < a.fields().size(); i++) {
      Type type = of(a.fields().get(i).type(), b.fields().get(i).type());
      if (type == null) {
        return null;
      }
      fields.add(new Type.RowField(a.fields().get(i).name(), type));
    }
    return new Type.Row(fields);
  }

  public static boolean isNumber(Type type) {
    return type instanceof Type.Int
        || type instanceof Type.Decimal
        || type instanceof Type.Real
        || type instanceof Type.DoubleType;
  }
}
