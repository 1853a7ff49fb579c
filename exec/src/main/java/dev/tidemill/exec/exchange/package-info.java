/** The border between fragments: {@link dev.tidemill.exec.exchange.ExchangeOperator}. */
@NullMarked
package dev.tidemill.exec.exchange;

import org.jspecify.annotations.NullMarked;
