package dev.tidemill.exec;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random rows of few distinct values, so that keys meet, with NULLs. */
final class Rows {
  private Rows() {}

  static InputPlan input(int number, Type... types) {
    List<OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < types.length; i++) {
      columns.add(new OutputColumn("c" + i, types[i], true));
    }
    return new InputPlan(number, columns);
  }

  static List<List<@Nullable Object>> random(Random random, int count, Type... types) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (Type type : types) {
        row.add(random.nextInt(6) == 0 ? null : value(random, type));
      }
      rows.add(row);
    }
    return rows;
  }

  static Object value(Random random, Type type) {
    int small = random.nextInt(9) - 4;
    return switch (type) {
      case Type.Bool t -> random.nextBoolean();
      case Type.Int t ->
          switch (t.bits()) {
            case 8 -> (Object) (byte) small;
            case 16 -> (Object) (short) small;
            case 32 -> (Object) small;
            default -> (Object) (random.nextInt(5) == 0 ? small * 1_000_000_000_007L : small);
          };
      case Type.Real t -> small / 4f;
      case Type.DoubleType t -> random.nextInt(20) == 0 ? Double.NaN : small / 4.0;
      case Type.Decimal t -> {
        BigInteger unscaled = BigInteger.valueOf(small);
        if (t.precision() > 20 && random.nextInt(4) == 0) {
          unscaled = unscaled.multiply(BigInteger.TEN.pow(t.precision() - 2));
        }
        yield new BigDecimal(unscaled, t.scale());
      }
      case Type.Varchar t -> small < 0 ? "a" + small : "a longer text, number " + small;
      case Type.Varbinary t -> new byte[] {(byte) small, 0};
      case Type.Date t -> LocalDate.of(2024, 2, 27).plusDays(small);
      case Type.Timestamp t -> LocalDateTime.of(1970, 1, 1, 0, 0).plusSeconds(small * 7L);
      default -> throw new IllegalArgumentException("no random " + type);
    };
  }
}
