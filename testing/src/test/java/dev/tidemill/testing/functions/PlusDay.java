package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.DecimalType;
import dev.tidemill.plan.function.user.UserScalarFunction;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value that is a little more, of each type that a result can have. */
public final class PlusDay implements UserScalarFunction {
  public boolean eval(boolean x) {
    return !x;
  }

  public byte eval(byte x) {
    return (byte) (x + 1);
  }

  public short eval(short x) {
    return (short) (x + 1);
  }

  public int eval(int x) {
    return x + 1;
  }

  public Long eval(Long x) {
    return x == null || x == 13 ? null : Long.valueOf(x + 1);
  }

  public float eval(float x) {
    return x + 0.5f;
  }

  public double eval(double x) {
    return x + 0.5;
  }

  @DecimalType(precision = 6, scale = 2)
  public BigDecimal eval(BigDecimal x) {
    return x == null ? null : x.add(BigDecimal.ONE);
  }

  public byte[] eval(byte[] x) {
    return x == null ? null : new byte[] {x[0], 1};
  }

  public LocalDate eval(LocalDate x) {
    return x == null ? null : x.plusDays(1);
  }

  public LocalTime eval(LocalTime x) {
    return x == null ? null : x.plusHours(24).plusMinutes(1);
  }

  public LocalDateTime eval(LocalDateTime x) {
    return x == null ? null : x.plusDays(1);
  }

  public List<String> eval(List<String> x) {
    List<String> more = new ArrayList<>(x);
    more.add(null);
    return more;
  }

  public Map<String, Long> eval(Map<String, Long> x) {
    Map<String, Long> more = new LinkedHashMap<>(x);
    more.put("one", 1L);
    return more;
  }
}
