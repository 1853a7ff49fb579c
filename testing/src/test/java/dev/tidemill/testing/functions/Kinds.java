package dev.tidemill.testing.functions;

import dev.tidemill.plan.function.user.UserScalarFunction;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;

/** What a value is when it has arrived in Java. */
public final class Kinds implements UserScalarFunction {
  public String eval(Boolean x) {
    return "Boolean " + x;
  }

  public String eval(Byte x) {
    return "Byte " + x;
  }

  public String eval(Short x) {
    return "Short " + x;
  }

  public String eval(Integer x) {
    return "Integer " + x;
  }

  public String eval(Long x) {
    return "Long " + x;
  }

  public String eval(Float x) {
    return "Float " + x;
  }

  public String eval(Double x) {
    return "Double " + x;
  }

  public String eval(BigDecimal x) {
    return "BigDecimal " + x;
  }

  public String eval(String x) {
    return "String " + x;
  }

  public String eval(byte[] x) {
    return "bytes " + (x == null ? null : x.length);
  }

  public String eval(LocalDate x) {
    return "LocalDate " + x;
  }

  public String eval(LocalTime x) {
    return "LocalTime " + x;
  }

  public String eval(LocalDateTime x) {
    return "LocalDateTime " + x;
  }

  public String eval(List<Long> x) {
    return "List " + x;
  }

  public String eval(Map<String, Integer> x) {
    return "Map " + x;
  }
}
