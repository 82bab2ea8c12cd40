// Package okx reads the prices of OKX: one call brings the tickers of all spot
// markets, another one a hundred candles of one market.
//
// Markets are named as the catalogue names them ("TAO-USDT"). A failure comes as HTTP
// 200 with a code other than 0. A ticker has a time of its own, in milliseconds.
// Candles come newest first and say whether they are over; there is one kind of call
// for the newest 1,440 and another for all before. Bars of a day begin at midnight of
// Hong Kong unless they are asked for in UTC.
package okx
