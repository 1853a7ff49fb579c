package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;

/** What an expression gives for the rows of a batch: a column, or one value for all rows. */
sealed interface Value permits Vector, Scalar {
  Type type();
}
