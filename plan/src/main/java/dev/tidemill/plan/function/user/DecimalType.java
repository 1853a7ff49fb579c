package dev.tidemill.plan.function.user;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Which DECIMAL a BigDecimal is: on a method that returns one, and on a component of a record. A
 * value of more digits behind the point is rounded half up; one that does not fit is an error.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface DecimalType {
  /** Digits, at most 38. */
  int precision();

  /** Digits behind the point. */
  int scale();
}
